#include "geo/rg_runs.h"

#include "base/rg_alloc.h"

#include <math.h>
#include <string.h>

enum { DEPTH_MAX = 40 }; /* of runs within runs */

static double between(const double a[3], const double b[3])
{
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrt(x * x + y * y + z * z);
}

/* Returns a ball around a run of legs. It contains their ends; a ball of less than a quarter turn
 * also contains the arcs between them. */
static rg_ball ball_around(const rg_route *route, uint32_t first, uint32_t legs)
{
    const rg_route_leg *leg = route->legs + first;
    rg_ball ball;
    memcpy(ball.center, leg[legs / 2].from, sizeof ball.center);
    ball.radius = between(ball.center, leg[0].from);
    for (uint32_t i = 0; i < legs; i++)
        ball.radius = fmax(ball.radius, between(ball.center, leg[i].to));
    if (ball.radius > 1.41)
        ball.radius = 2;
    return ball;
}

static void divide(const rg_runs *runs, rg_run *run, uint32_t first, uint32_t legs)
{
    *run = (rg_run){.first = first, .legs = legs};
    if (legs == 1)
        return;
    run->ball = ball_around(runs->route, first, legs);
    divide(runs, run + 1, first, legs / 2);
    divide(runs, run + 2 * (legs / 2), first + legs / 2, legs - legs / 2);
}

rg_status rg_runs_build(rg_runs *out, const rg_route *route)
{
    if (route->leg_count > UINT32_C(1) << 31)
        return RG_ENOMEM;
    rg_run *runs = rg_alloc(2 * route->leg_count - 1, sizeof *runs);
    if (!runs)
        return RG_ENOMEM;
    *out = (rg_runs){route, runs};
    divide(out, runs, 0, (uint32_t)route->leg_count);
    return RG_OK;
}

void rg_runs_free(rg_runs *runs)
{
    rg_free(runs->runs);
    runs->runs = NULL;
}

rg_status rg_run_list_add(rg_run_list *list, rg_run_item item)
{
    rg_run_item *items = rg_grow(list->items, NULL, list->count, &list->capacity, 1, sizeof *items);
    if (!items)
        return RG_ENOMEM;
    list->items = items;
    list->items[list->count++] = item;
    return RG_OK;
}

void rg_run_list_clear(rg_run_list *list)
{
    rg_free(list->items);
    *list = (rg_run_list){0};
}

/* A run and its distance; for more than one leg that of its center, which is on the route. */
typedef struct gap {
    double to;
    const rg_run *run;
} gap;

static gap gap_to(const rg_runs *runs, const rg_run *run, const double place[3])
{
    double to = run->legs == 1 ? rg_route_gap(&runs->route->legs[run->first], place)
                               : between(run->ball.center, place);
    return (gap){to, run};
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* Appends the parts of a run. Every place in the ball has a point of the route within *reach. */
static rg_status narrow_run(const rg_runs *runs, rg_run_list *list, const rg_run *run,
                            const rg_ball *ball, double *reach)
{
    gap ahead[DEPTH_MAX];
    int count = 0;
    ahead[count++] = gap_to(runs, run, ball->center);
    *reach = smaller(*reach, ahead[0].to + ball->radius);
    while (count > 0) {
        gap next = ahead[--count];
        double least = next.to - next.run->ball.radius - ball->radius;
        if (least > *reach + RG_RUNS_ERROR)
            continue;
        if (next.run->legs > 1 && (next.run->ball.radius > ball->radius || ball->radius == 0)) {
            gap one = gap_to(runs, next.run + 1, ball->center);
            gap other = gap_to(runs, next.run + 2 * (next.run->legs / 2), ball->center);
            *reach = smaller(*reach, smaller(one.to, other.to) + ball->radius);
            /* The nearer one first: it reduces the reach, and so excludes more. */
            ahead[count++] = one.to < other.to ? other : one;
            ahead[count++] = one.to < other.to ? one : other;
            continue;
        }
        rg_status status =
            rg_run_list_add(list, (rg_run_item){least, (uint32_t)(next.run - runs->runs)});
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

rg_status rg_runs_narrow(const rg_runs *runs, rg_run_list *list, size_t begin, size_t end,
                         const rg_ball *ball, double limit)
{
    size_t kept = list->count;
    double reach = limit;
    for (size_t i = begin; i < end; i++) {
        rg_status status = narrow_run(runs, list, runs->runs + list->items[i].run, ball, &reach);
        if (status != RG_OK)
            return status;
    }
    for (size_t i = kept; i < list->count; i++)
        if (list->items[i].least <= reach + RG_RUNS_ERROR)
            list->items[kept++] = list->items[i];
    list->count = kept;
    return RG_OK;
}

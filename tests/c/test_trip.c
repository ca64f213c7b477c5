#include "check.h"

#include "geo/rg_geo.h"
#include "rg_trip.h"

#include <math.h>

static rg_index *index_of(const rg_point *locations, size_t count)
{
    rg_store *store = NULL;
    rg_index *index = NULL;
    CHECK(rg_store_new(&store, count, 0) == RG_OK);
    for (size_t i = 0; i < count; i++)
        CHECK(rg_store_add(store, locations[i], "", 0) == RG_OK);
    CHECK(rg_index_build(&index, store) == RG_OK);
    return index;
}

static void a_trip_starts_empty(void)
{
    rg_index *index = index_of(NULL, 0);
    rg_trip trip = {0};
    rg_trip_visit(&trip, index, (rg_point){INT32_MIN, INT32_MAX});
    CHECK(trip.point_count == 1 && trip.feature_count == 0 && trip.distance_m == 0);
    rg_index_free(index);
}

static void every_visit_of_a_feature_counts(void)
{
    static const rg_point places[] = {{10, 20}, {30, 40}, {10, 20}};
    static const rg_point visits[] = {{10, 20}, {20, 10}, {10, 20}, {30, 40}, {0, 0}};
    rg_index *index = index_of(places, 3);
    rg_trip trip = {0};
    double distance_m = 0;
    for (size_t i = 0; i < 5; i++) {
        rg_trip_visit(&trip, index, visits[i]);
        if (i)
            distance_m += rg_haversine_m(visits[i - 1], visits[i]);
        CHECK(trip.point_count == i + 1);
        CHECK(trip.distance_m == distance_m);
        CHECK(rg_point_equal(trip.last, visits[i]));
    }
    CHECK(trip.feature_count == 3);
    rg_index_free(index);
}

/* The trip in the tutorials' output. */
static void the_documented_trip_is_850915_meters_long(void)
{
    static const rg_point visits[] = {
        {412856162, -745148837}, {418465462, -746859398}, {406589790, -743560121},
        {416851321, -742674555}, {415301720, -748416257}, {407033786, -743977337},
        {401012643, -744035134}, {412144655, -743949739}, {414638017, -745957854},
        {400273442, -741220915},
    };
    rg_index *index = index_of(visits, 10);
    rg_trip trip = {0};
    for (size_t i = 0; i < 10; i++)
        rg_trip_visit(&trip, index, visits[i]);
    CHECK(trip.point_count == 10 && trip.feature_count == 10);
    CHECK(trunc(trip.distance_m) == 850915);
    rg_index_free(index);
}

void test_trip(void)
{
    RUN(a_trip_starts_empty);
    RUN(every_visit_of_a_feature_counts);
    RUN(the_documented_trip_is_850915_meters_long);
}

#include "check.h"

#include "geo/rg_degrees.h"
#include "sample.h"

#include <math.h>
#include <string.h>

/* Converts as the header says, with the C library's functions. */
static int32_t e7_of(double degrees)
{
    return (int32_t)(rint(degrees * 1e7) - (degrees > 180 ? 360e7 : 0));
}

static void degrees_become_e7(void)
{
    enum { COUNT = 2000 };
    static double degrees[COUNT];
    static int32_t e7[COUNT];
    sample_random random = {7};
    for (int round = 0; round < check_rounds(20); round++) {
        for (size_t i = 0; i < COUNT; i++) {
            double whole = (double)(sample_bits(&random) % 5400000001u) - 180e7;
            double halves[] = {0, 0.25, 0.5, 0.75}; /* of the last decimal */
            degrees[i] = fmin(360, fmax(-180, (whole + halves[i % 4]) / 1e7));
        }
        size_t wrong = COUNT;
        size_t count = (size_t)(sample_bits(&random) % COUNT);
        CHECK(rg_degrees_to_e7(e7, degrees, count, -180, 360, &wrong));
        CHECK(wrong == COUNT);
        for (size_t i = 0; i < count; i++) {
            check_case("%.17g degrees", degrees[i]);
            CHECK(e7[i] == e7_of(degrees[i]));
            int32_t one_e7 = 0;
            CHECK(rg_degree_to_e7(&one_e7, degrees[i], 180) == (degrees[i] <= 180));
            CHECK(degrees[i] > 180 || one_e7 == e7[i]);
        }
    }
}

static void edges_are_inside(void)
{
    const double degrees[] = {-90, 90, -0.0, nextafter(90, 0)};
    int32_t e7[4];
    size_t wrong;
    CHECK(rg_degrees_to_e7(e7, degrees, 4, -90, 90, &wrong));
    CHECK(e7[0] == -900000000 && e7[1] == 900000000 && e7[2] == 0 && e7[3] == 900000000);
    for (int i = 0; i < 4; i++) {
        int32_t one_e7 = 1;
        CHECK(rg_degree_to_e7(&one_e7, degrees[i], 90) && one_e7 == e7[i]);
    }
    const double turned[] = {180, nextafter(180, 360), 360};
    CHECK(rg_degrees_to_e7(e7, turned, 3, -180, 360, &wrong));
    CHECK(e7[0] == 1800000000 && e7[1] == -1800000000 && e7[2] == 0);
}

static void the_first_number_out_of_range_is_reported(void)
{
    enum { COUNT = 1500 };
    static double degrees[COUNT];
    static int32_t e7[COUNT];
    const double outside[] = {NAN, INFINITY, -INFINITY, 1e300, nextafter(90, 100), -90.1};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        for (size_t at = 0; at < COUNT; at += 97) {
            check_case("%g at %zu", outside[i], at);
            memset(degrees, 0, sizeof degrees);
            degrees[at] = degrees[COUNT - 1] = outside[i];
            size_t wrong = COUNT;
            CHECK(!rg_degrees_to_e7(e7, degrees, COUNT, -90, 90, &wrong));
            CHECK(wrong == at);
            CHECK(!rg_degree_to_e7(e7, outside[i], 90));
        }
}

void test_degrees(void)
{
    RUN(degrees_become_e7);
    RUN(edges_are_inside);
    RUN(the_first_number_out_of_range_is_reported);
}

#include "geo/rg_geo_batch.h"

#include "geo/rg_angle.h"
#include "geo/rg_geo_steps.h"

#include <string.h>

/* Pairs worked on at a time: all of a block stays in the first-level cache. */
enum { BLOCK = RG_ANGLES_MAX };

typedef struct block {
    double dlats[BLOCK];   /* degrees from one point to the other */
    double dlons[BLOCK];   /* degrees */
    double cosines[BLOCK]; /* the product of the cosines of both latitudes */
} block;

static size_t block_size(size_t left)
{
    return left < BLOCK ? left : BLOCK;
}

static double cosine_of_e7(int32_t lat_e7)
{
    return cos(rg_radians(rg_degrees_from_e7(lat_e7)));
}

/* Degrees in, the squared sine of half that angle out. */
static void square_sines(double *angles, size_t count)
{
    double squares[BLOCK];
    uint16_t doubtful[BLOCK];
    size_t doubts = 0;
    for (size_t i = 0; i < count; i++)
        angles[i] = sin(rg_radians(angles[i]) / 2);
    for (size_t i = 0; i < count; i++) {
        doubtful[doubts] = (uint16_t)i; /* kept by chance: no branch to guess */
        doubts += !rg_square(angles[i], &squares[i]);
    }
    for (size_t i = 0; i < doubts; i++)
        squares[doubtful[i]] = pow(angles[doubtful[i]], 2);
    memcpy(angles, squares, count * sizeof *angles);
}

static void finish(block *pairs, size_t count, double *out_m)
{
    square_sines(pairs->dlats, count);
    square_sines(pairs->dlons, count);
    for (size_t i = 0; i < count; i++)
        out_m[i] = pairs->dlats[i] + pairs->cosines[i] * pairs->dlons[i];
    rg_angles(out_m, count);
    for (size_t i = 0; i < count; i++)
        out_m[i] = RG_EARTH_RADIUS_M * (2 * out_m[i]);
}

void rg_haversine_many_m(double *out_m, const int32_t *lats1_e7, const int32_t *lons1_e7,
                         const int32_t *lats2_e7, const int32_t *lons2_e7, size_t count)
{
    block pairs;
    for (size_t done = 0; done < count;) {
        size_t size = block_size(count - done);
        for (size_t i = 0; i < size; i++) {
            int32_t lat1_e7 = lats1_e7[done + i], lat2_e7 = lats2_e7[done + i];
            pairs.dlats[i] = rg_degrees_from_e7(lat2_e7) - rg_degrees_from_e7(lat1_e7);
            pairs.dlons[i] =
                rg_degrees_from_e7(lons2_e7[done + i]) - rg_degrees_from_e7(lons1_e7[done + i]);
            pairs.cosines[i] = cosine_of_e7(lat1_e7) * cosine_of_e7(lat2_e7);
        }
        finish(&pairs, size, out_m + done);
        done += size;
    }
}

void rg_haversine_from_m(double *out_m, rg_point from, const int32_t *lats_e7,
                         const int32_t *lons_e7, size_t count)
{
    block pairs;
    double lat = rg_degrees_from_e7(from.lat_e7), lon = rg_degrees_from_e7(from.lon_e7);
    double cosine = cosine_of_e7(from.lat_e7);
    for (size_t done = 0; done < count;) {
        size_t size = block_size(count - done);
        for (size_t i = 0; i < size; i++) {
            int32_t lat_e7 = lats_e7[done + i];
            pairs.dlats[i] = rg_degrees_from_e7(lat_e7) - lat;
            pairs.dlons[i] = rg_degrees_from_e7(lons_e7[done + i]) - lon;
            pairs.cosines[i] = cosine * cosine_of_e7(lat_e7);
        }
        finish(&pairs, size, out_m + done);
        done += size;
    }
}

double rg_path_length_m(const int32_t *lats_e7, const int32_t *lons_e7, size_t count)
{
    block legs;
    double legs_m[BLOCK];
    double length_m = 0.0;
    for (size_t done = 0; done + 1 < count;) {
        size_t size = block_size(count - 1 - done);
        double cosine = cosine_of_e7(lats_e7[done]);
        for (size_t i = 0; i < size; i++) {
            size_t from = done + i, to = from + 1;
            double to_cosine = cosine_of_e7(lats_e7[to]);
            legs.dlats[i] = rg_degrees_from_e7(lats_e7[to]) - rg_degrees_from_e7(lats_e7[from]);
            legs.dlons[i] = rg_degrees_from_e7(lons_e7[to]) - rg_degrees_from_e7(lons_e7[from]);
            legs.cosines[i] = cosine * to_cosine;
            cosine = to_cosine;
        }
        finish(&legs, size, legs_m);
        for (size_t i = 0; i < size; i++)
            length_m += legs_m[i];
        done += size;
    }
    return length_m;
}

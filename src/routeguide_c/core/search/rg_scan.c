#include "search/rg_scan.h"

#include "base/rg_simd.h"

/* Points scanned between two reservations of room for hits. */
enum { CHUNK = 2048 };

/* Writes the hits among begin .. end - 1 and returns the end of them. */
static uint32_t *scan(const int32_t *lats_e7, const int32_t *lons_e7, uint32_t begin, uint32_t end,
                      rg_box box, uint32_t *to)
{
    for (uint32_t id = begin; id < end; id++) {
        *to = id; /* always written, kept if inside: no branch to predict */
        to += rg_box_has_point(box, (rg_point){lats_e7[id], lons_e7[id]});
    }
    return to;
}

#ifdef RG_SIMD_X86
#include <immintrin.h>

/* Scans eight points at a time; writes up to seven ids beyond the end that it returns. */
RG_AVX2 static uint32_t *scan_avx2(const int32_t *lats_e7, const int32_t *lons_e7, uint32_t begin,
                                   uint32_t end, rg_box box, uint32_t *to)
{
    const __m256i south = _mm256_set1_epi32(box.lo.lat_e7);
    const __m256i north = _mm256_set1_epi32(box.hi.lat_e7);
    const __m256i west = _mm256_set1_epi32(box.lo.lon_e7);
    const __m256i east = _mm256_set1_epi32(box.hi.lon_e7);
    uint32_t id = begin;
    for (; end - id >= 8; id += 8) {
        __m256i lat = _mm256_loadu_si256((const __m256i *)(lats_e7 + id));
        __m256i lon = _mm256_loadu_si256((const __m256i *)(lons_e7 + id));
        __m256i outside = _mm256_or_si256(
            _mm256_or_si256(_mm256_cmpgt_epi32(south, lat), _mm256_cmpgt_epi32(lat, north)),
            _mm256_or_si256(_mm256_cmpgt_epi32(west, lon), _mm256_cmpgt_epi32(lon, east)));
        unsigned inside = ~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(outside)) & 0xff;
        __m256i lanes =
            _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)&rg_simd_set_bits[inside]));
        _mm256_storeu_si256((__m256i *)to, _mm256_add_epi32(lanes, _mm256_set1_epi32((int)id)));
        to += _mm_popcnt_u32(inside);
    }
    return scan(lats_e7, lons_e7, id, end, box, to);
}
#endif

rg_status rg_scan_query(const int32_t *lats_e7, const int32_t *lons_e7, uint32_t count, rg_box box,
                        rg_ids *ids)
{
    size_t before = ids->count;
    for (uint32_t begin = 0; begin < count;) {
        uint32_t end = count - begin < CHUNK ? count : begin + CHUNK;
        rg_status status = rg_ids_reserve(ids, end - begin);
        if (status != RG_OK) {
            ids->count = before;
            return status;
        }
        uint32_t *to = ids->items + ids->count;
#ifdef RG_SIMD_X86
        if (rg_simd_avx2())
            to = scan_avx2(lats_e7, lons_e7, begin, end, box, to);
        else
#endif
            to = scan(lats_e7, lons_e7, begin, end, box, to);
        ids->count = (size_t)(to - ids->items);
        begin = end;
    }
    return RG_OK;
}

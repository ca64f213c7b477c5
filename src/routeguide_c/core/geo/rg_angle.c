#include "geo/rg_angle.h"

#include "base/rg_simd.h"
#include "geo/rg_geo_steps.h"

/* The C library whose atan2 is known to err by less than 0.55 units in the last place: glibc, whose
 * sources state 0.524. */
#if defined(RG_SIMD_X86) && defined(__GLIBC__)
#define HAS_SURE_ANGLES 1
#endif

static double clamped(double haversine)
{
    return haversine < 0 ? 0 : haversine > 1 ? 1 : haversine;
}

static double angle_of(double haversine)
{
    return atan2(sqrt(haversine), sqrt(1 - haversine));
}

#ifdef HAS_SURE_ANGLES
#include <immintrin.h>

/* An angle up to an eighth of a turn is that of a step, asin(k / 64), and a rest q that is at most
 * 0.0112, by the difference of two angles:
 *
 *   tan(rest) = (s cos - c sin) / (c cos + s sin)    s = sqrt(haversine), c = sqrt(1 - haversine)
 *
 * computed in pairs of doubles, a value and what rounding left out of it, by exact products (fma)
 * and exact sums (Knuth's and Dekker's). So the result is within 0.01 units in the last place
 * before it is rounded to one double. It is then what atan2 gives, too, unless the true value lies
 * within 0.05 units of the middle between two doubles. A table entry is such a pair, computed in
 * 300 bits and rounded. */
enum { STEPS = 47 };

/* clang-format off */
/* sqrt(1 - (k / 64)^2) */
static const double cosines[STEPS] = {
    0x1.0000000000000p+0, 0x1.ffefffbffdfffp-1, 0x1.ffbffbff7fec0p-1, 0x1.ff6febba4bfeap-1,
    0x1.feffbfdfebf1fp-1, 0x1.fe6f634576477p-1, 0x1.fdbeba917c3f5p-1, 0x1.fceda421efdb5p-1,
    0x1.fbfbf7ebc755fp-1, 0x1.fae987541497fp-1, 0x1.f9b61d0237250p-1, 0x1.f8617caabd6f6p-1,
    0x1.f6eb62d27730dp-1, 0x1.f553848924e81p-1, 0x1.f3998f1b1886cp-1, 0x1.f1bd27b9002c4p-1,
    0x1.efbdeb14f4edap-1, 0x1.ed9b6cf3c4663p-1, 0x1.eb5537b1434dap-1, 0x1.e8eacbb648910p-1,
    0x1.e65b9edeba38ep-1, 0x1.e3a71bcdd63dep-1, 0x1.e0cca12e97895p-1, 0x1.ddcb80ddc085bp-1,
    0x1.daa2fefaae1d8p-1, 0x1.d75250db9c792p-1, 0x1.d3d89be176072p-1, 0x1.d034f42698214p-1,
    0x1.cc665b0328622p-1, 0x1.c86bbd609a260p-1, 0x1.c443f1d4d22afp-1, 0x1.bfedb67be13b3p-1,
    0x1.bb67ae8584caap-1, 0x1.b6b05f6966b9bp-1, 0x1.b1c62db2564fep-1, 0x1.aca7594d44cbdp-1,
    0x1.a751f9447b724p-1, 0x1.a1c3f6ca01f29p-1, 0x1.9bfb076d236ebp-1, 0x1.95f4a64decda8p-1,
    0x1.8fae0c15ad38ap-1, 0x1.8924256bf4545p-1, 0x1.8253878ae2e09p-1, 0x1.7b386279d7bf3p-1,
    0x1.73ce704fb7b23p-1, 0x1.6c10e0a9e5d65p-1, 0x1.63fa3f3c02962p-1,
};
/* What is left of it. */
static const double cosine_rests[STEPS] = {
    0, -0x1.003802a02101bp-55, -0x1.c05410835ab2ep-56, 0x1.d6d4ea9aa5695p-57, 0x1.5dee51994f18bp-55,
    -0x1.0f8806016f092p-60, 0x1.2c0681a46a556p-55, -0x1.64fa09c1806ebp-59, -0x1.b2a94084da0b6p-55,
    0x1.99878449315f4p-55, 0x1.d3ca3915d1a44p-55, 0x1.cd851109c4193p-56, -0x1.401d95ca1ce34p-55,
    0x1.7377b3e691f21p-56, 0x1.6b699b6f7882ep-55, 0x1.56e59d2cf3bc3p-56, -0x1.3a145fe1be078p-55,
    0x1.9c03e66f9aa9ep-59, -0x1.c180d47e8730cp-55, -0x1.2ce442f780a3ap-55, -0x1.bb73251e8c364p-57,
    -0x1.1a64806c8541cp-55, -0x1.316d1acdf7b57p-55, -0x1.bdfd75fd78bd9p-57, -0x1.3fe0e03f44594p-58,
    0x1.1e2779b1d293dp-55, 0x1.54fe1c5f17367p-56, 0x1.49958a3293ba5p-55, -0x1.1baa4d369f814p-55,
    -0x1.12db7fe324653p-57, -0x1.dea6ecd25e5e4p-57, -0x1.d0bbeb53fe173p-55, 0x1.cec95d0b5c1e3p-55,
    -0x1.a297779185862p-56, 0x1.ed2e2c1a79b97p-55, -0x1.62dd00a025a1dp-55, 0x1.2b909477e9ed1p-56,
    -0x1.cebf5548e9619p-56, -0x1.a7391cb03223bp-56, -0x1.0597479209667p-60, -0x1.db7adb6817f6dp-57,
    0x1.62b7d5e6665e3p-56, -0x1.dd13b570fbe2fp-55, 0x1.6dd6abafd746ep-59, 0x1.1470b816b17a6p-55,
    0x1.4bb162726a9b4p-55, -0x1.dfd1505ee685ep-59,
};
/* asin(k / 64) */
static const double angles[STEPS] = {
    0, 0x1.0002aabdde94cp-6, 0x1.000aabde0b9c8p-5, 0x1.8024091fdb0a9p-5, 0x1.002abde953619p-4,
    0x1.405390240e6fdp-4, 0x1.809092913e52ep-4, 0x1.c0e5e80f7172dp-4, 0x1.00abe0c129e1ep-3,
    0x1.20f530308cc20p-3, 0x1.41510cb011423p-3, 0x1.61c1ab9d55d30p-3, 0x1.82494ed0e78fcp-3,
    0x1.a2ea462b4998ep-3, 0x1.c3a6f13aae84bp-3, 0x1.e481c0fce7134p-3, 0x1.02be9ce0b87cdp-2,
    0x1.134dfa9805147p-2, 0x1.23f0523c5dc2bp-2, 0x1.34a709597aab1p-2, 0x1.457393b90e2aap-2,
    0x1.565774cb66f02p-2, 0x1.675441329986ep-2, 0x1.786ba074fef93p-2, 0x1.899f4edc962d3p-2,
    0x1.9af11f89ba61cp-2, 0x1.ac62fec0b2a92p-2, 0x1.bdf6f47ae6904p-2, 0x1.cfaf27460fe9fp-2,
    0x1.e18ddf7da106bp-2, 0x1.f3958aecddef4p-2, 0x1.02e46075785a1p-1, 0x1.0c152382d7366p-1,
    0x1.155e8b2a00052p-1, 0x1.1ec230c714a96p-1, 0x1.2841ce0862975p-1, 0x1.31df40fbd31cdp-1,
    0x1.3b9c90c43296dp-1, 0x1.457bf318fe517p-1, 0x1.4f7fd2bc2fb34p-1, 0x1.59aad71ced00fp-1,
    0x1.63ffed6d198f6p-1, 0x1.6e825383cc40bp-1, 0x1.7935a501afa78p-1, 0x1.841deb5114bb4p-1,
    0x1.8f3fb14e496b4p-1, 0x1.9aa01babef75ep-1,
};
/* What is left of it. */
static const double angle_rests[STEPS] = {
    0, 0x1.130cd26cdfa37p-62, 0x1.d6d94551be3e9p-61, 0x1.80650020adbcap-60, 0x1.182e2dc6ddeedp-58,
    0x1.1ed0159037972p-58, 0x1.cf6b1f9befb16p-60, 0x1.d8eeba8bc0030p-58, 0x1.7ceb0ee49d42ap-60,
    -0x1.ed63934b583b4p-57, -0x1.15d675180eda8p-58, -0x1.95a37debb0f64p-57, -0x1.443c2697a7d2fp-57,
    -0x1.51d494caa9d70p-57, -0x1.7739d10fe8bc1p-57, 0x1.c9bcb7ab7132bp-62, 0x1.e5d09da2e0f04p-58,
    -0x1.bbe27a4ac52e2p-56, 0x1.4fc2674a3d6b2p-59, -0x1.70f1371722985p-56, 0x1.b1f64d329fe98p-56,
    -0x1.c537759c5cce1p-56, 0x1.d027ed2bb2edap-56, -0x1.73b1910f90a93p-56, 0x1.3e919701b7c6dp-60,
    0x1.a884c2416dce8p-56, 0x1.cb9f9a052f11fp-56, 0x1.e7bfe76547424p-56, -0x1.8bf75f355f723p-57,
    -0x1.58029cecb4d7bp-58, -0x1.fc135930a7786p-58, 0x1.d1c9139aa7a36p-56, -0x1.ee6913347c2a6p-55,
    0x1.bb9429fa5e8f6p-57, 0x1.41dc77911b08cp-55, -0x1.7ed81c0e02251p-55, 0x1.10ebcfd1cc29dp-60,
    -0x1.76eebb78fe641p-56, -0x1.6189642d67942p-55, -0x1.d7c3a91e5f88bp-55, -0x1.b5b31565e9408p-58,
    0x1.b5625ef0627b6p-55, 0x1.1a9ec7321e76ap-56, -0x1.a585b7d2a71f2p-55, -0x1.49d1c4e2eba5ep-55,
    0x1.73d01b84833b2p-55, -0x1.df24530d8ffb9p-55,
};
/* clang-format on */

static const double quarter_turn = 0x1.921fb54442d18p+0, quarter_turn_rest = 0x1.1a62633145c07p-54;

/* How far from a double, in units in its last place, the true value may lie for atan2 to give that
 * double, too. */
static const double sure = 0.45;

typedef struct pairs {
    __m256d high, low;
} pairs;

RG_AVX2 static inline pairs exact_product(__m256d a, __m256d b)
{
    __m256d high = _mm256_mul_pd(a, b);
    return (pairs){high, _mm256_fmsub_pd(a, b, high)};
}

/* Source: D. E. Knuth, The Art of Computer Programming, volume 2, 4.2.2, theorem B. */
RG_AVX2 static inline pairs exact_sum(__m256d a, __m256d b)
{
    __m256d high = _mm256_add_pd(a, b), shadow = _mm256_sub_pd(high, a);
    __m256d low =
        _mm256_add_pd(_mm256_sub_pd(a, _mm256_sub_pd(high, shadow)), _mm256_sub_pd(b, shadow));
    return (pairs){high, low};
}

/* q + the arctangent's terms beyond it, for |q| up to 0.0112: what is left out is below 3e-21 q. */
RG_AVX2 static inline __m256d terms_beyond(__m256d q)
{
    __m256d z = _mm256_mul_pd(q, q);
    __m256d sum = _mm256_fmadd_pd(_mm256_set1_pd(1.0 / 9), z, _mm256_set1_pd(-1.0 / 7));
    sum = _mm256_fmadd_pd(sum, z, _mm256_set1_pd(1.0 / 5));
    sum = _mm256_fmadd_pd(sum, z, _mm256_set1_pd(-1.0 / 3));
    return _mm256_mul_pd(_mm256_mul_pd(q, z), sum);
}

/* Four angles, and a bit for each that atan2 may round otherwise. */
RG_AVX2 static inline int four(double *out, const double *haversines)
{
    const __m256d one = _mm256_set1_pd(1), sign = _mm256_set1_pd(-0.0);
    __m256d a = _mm256_loadu_pd(haversines);
    __m256d y = _mm256_sqrt_pd(a), x = _mm256_sqrt_pd(_mm256_sub_pd(one, a));
    __m256d s = _mm256_min_pd(y, x), c = _mm256_max_pd(y, x);
    __m128i step = _mm256_cvtpd_epi32(_mm256_mul_pd(s, _mm256_set1_pd(64)));
    __m256d sine = _mm256_mul_pd(_mm256_cvtepi32_pd(step), _mm256_set1_pd(1.0 / 64));
    __m256d cosine = _mm256_i32gather_pd(cosines, step, 8);
    __m256d cosine_rest = _mm256_i32gather_pd(cosine_rests, step, 8);

    pairs sc = exact_product(s, cosine), cs = exact_product(c, sine);
    pairs top = exact_sum(sc.high, _mm256_xor_pd(cs.high, sign));
    top.low =
        _mm256_add_pd(top.low, _mm256_fmadd_pd(s, cosine_rest, _mm256_sub_pd(sc.low, cs.low)));
    pairs cc = exact_product(c, cosine), ss = exact_product(s, sine);
    pairs bottom = exact_sum(cc.high, ss.high);
    bottom.low =
        _mm256_add_pd(bottom.low, _mm256_fmadd_pd(c, cosine_rest, _mm256_add_pd(cc.low, ss.low)));

    __m256d inverse = _mm256_div_pd(one, bottom.high), q = _mm256_mul_pd(top.high, inverse);
    __m256d left = _mm256_fnmadd_pd(q, bottom.high, top.high);
    left = _mm256_add_pd(left, _mm256_fnmadd_pd(q, bottom.low, top.low));
    __m256d rest = _mm256_fmadd_pd(left, inverse, terms_beyond(q));

    pairs sum = exact_sum(_mm256_i32gather_pd(angles, step, 8), q);
    sum.low =
        _mm256_add_pd(sum.low, _mm256_add_pd(_mm256_i32gather_pd(angle_rests, step, 8), rest));

    /* Beyond an eighth of a turn: a quarter turn minus the angle between the other way round. */
    __m256d steep = _mm256_cmp_pd(y, x, _CMP_GE_OQ);
    pairs other = exact_sum(_mm256_set1_pd(quarter_turn), _mm256_xor_pd(sum.high, sign));
    other.low = _mm256_sub_pd(_mm256_add_pd(other.low, _mm256_set1_pd(quarter_turn_rest)), sum.low);
    sum.high = _mm256_blendv_pd(sum.high, other.high, steep);
    sum.low = _mm256_blendv_pd(sum.low, other.low, steep);

    __m256d angle = _mm256_add_pd(sum.high, sum.low);
    __m256d off = _mm256_sub_pd(sum.low, _mm256_sub_pd(angle, sum.high));
    _mm256_storeu_pd(out, angle);
    __m256d pushed = _mm256_add_pd(angle, _mm256_mul_pd(off, _mm256_set1_pd(0.5 / sure)));
    return _mm256_movemask_pd(_mm256_cmp_pd(pushed, angle, _CMP_NEQ_UQ));
}

RG_AVX2 static void fours(double *haversines, size_t count)
{
    uint16_t doubtful[RG_ANGLES_MAX];
    double kept[RG_ANGLES_MAX];
    size_t doubts = 0;
    for (size_t i = 0; i < count; i += 4) {
        double results[4];
        int doubt = four(results, haversines + i);
        for (size_t lane = 0; lane < 4; lane++) {
            doubtful[doubts] = (uint16_t)(i + lane); /* kept by chance: no branch to guess */
            kept[doubts] = haversines[i + lane];
            haversines[i + lane] = results[lane];
            doubts += (size_t)(doubt >> lane & 1);
        }
    }
    for (size_t i = 0; i < doubts; i++)
        haversines[doubtful[i]] = angle_of(kept[i]);
}
#endif

void rg_angles(double *haversines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        haversines[i] = clamped(haversines[i]);
    size_t done = 0;
#ifdef HAS_SURE_ANGLES
    if (rg_simd_avx2()) {
        done = count / 4 * 4;
        fours(haversines, done);
    }
#endif
    for (; done < count; done++)
        haversines[done] = angle_of(haversines[done]);
}

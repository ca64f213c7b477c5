#include "check.h"

#include "base/rg_ids.h"

enum { ROOM = 10 };

static void fill(rg_ids *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ids->items[ids->count + i] = (uint32_t)(ids->count + i);
    ids->count += count;
}

static void check_filled(const rg_ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        CHECK(ids->items[i] == i);
}

static void the_lent_array_is_used_until_it_is_full(void)
{
    uint32_t room[ROOM + RG_IDS_SLACK];
    rg_ids ids;
    rg_ids_init(&ids, room, ROOM);
    CHECK(rg_ids_reserve(&ids, ROOM) == RG_OK);
    CHECK(ids.items == room);
    fill(&ids, ROOM);
    CHECK(rg_ids_reserve(&ids, 0) == RG_OK);
    CHECK(ids.items == room);
    CHECK(rg_ids_reserve(&ids, 1) == RG_OK);
    CHECK(ids.items != room);
    fill(&ids, 1);
    check_filled(&ids);
    rg_ids_clear(&ids);
    CHECK(ids.count == 0 && ids.capacity == 0);
}

static void a_reservation_fits_with_its_slack(void)
{
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    for (size_t more = 0; more < 300; more += 7) {
        CHECK(rg_ids_reserve(&ids, more) == RG_OK);
        CHECK(ids.items);
        fill(&ids, more);
        for (size_t i = 0; i < RG_IDS_SLACK; i++)
            ids.items[ids.count + i] = UINT32_MAX; /* AddressSanitizer checks the room */
        check_filled(&ids);
    }
    rg_ids_clear(&ids);
    rg_ids_clear(&ids);
}

static void a_reservation_that_is_too_large_fails(void)
{
    rg_ids ids;
    rg_ids_init(&ids, NULL, 0);
    CHECK(rg_ids_reserve(&ids, 3) == RG_OK);
    fill(&ids, 3);
    CHECK(rg_ids_reserve(&ids, SIZE_MAX) == RG_ENOMEM);
    CHECK(rg_ids_reserve(&ids, SIZE_MAX / sizeof(uint32_t)) == RG_ENOMEM);
    CHECK(ids.count == 3);
    check_filled(&ids);
    rg_ids_clear(&ids);
}

static bool reserve(void *context)
{
    (void)context;
    uint32_t room[ROOM + RG_IDS_SLACK];
    rg_ids ids;
    rg_ids_init(&ids, room, ROOM);
    CHECK(rg_ids_reserve(&ids, ROOM) == RG_OK);
    fill(&ids, ROOM);
    rg_status status = rg_ids_reserve(&ids, 1);
    CHECK(status == RG_OK || status == RG_ENOMEM);
    CHECK(ids.count == ROOM);
    check_filled(&ids);
    rg_ids_clear(&ids);
    return status == RG_OK;
}

static void a_list_out_of_memory_keeps_its_ids(void)
{
    check_faults(reserve, NULL);
}

void test_ids(void)
{
    RUN(the_lent_array_is_used_until_it_is_full);
    RUN(a_reservation_fits_with_its_slack);
    RUN(a_reservation_that_is_too_large_fails);
    RUN(a_list_out_of_memory_keeps_its_ids);
}

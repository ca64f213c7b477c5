#include "check.h"

int main(void)
{
    test_alloc();
    test_checksum();
    test_bytes();
    test_degrees();
    test_ids();
    test_geo();
    test_geo_batch();
    test_feature();
    test_store();
    test_page();
    test_rows();
    test_names();
    test_table();
    test_grid();
    test_near();
    test_route();
    test_along();
    test_order();
    test_index();
    test_snapshot();
    test_snapshot_content();
    test_trip();
    test_faults();
    return 0;
}

/* damage: snapshots with something wrong in them, as their format's specification reads and not by
 * the code that writes them.
 */
#ifndef DAMAGE_H
#define DAMAGE_H

#include "sample.h"
#include "scratch.h"

enum { DAMAGE_HEADER_SIZE = 384, DAMAGE_SECTIONS = 12 };

/* Where a section begins in a sound file. */
uint8_t *damage_section(uint8_t *file, int section);

/* Makes all checksums right, as far as the header says where sections are within the file. */
void damage_repair_checksums(uint8_t *file, size_t size);

/* Changes the file as a script tells, 8 bytes an edit, of whatever bytes: at a place counted from
 * the beginning of the header or of a section, a bit, a byte or a number changes, to what is often
 * just past a limit. Returns the file's size after that: an edit may cut it, and nothing more. */
size_t damage_apply(uint8_t *file, size_t size, const uint8_t *script, size_t script_size);

#endif

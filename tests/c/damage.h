/* damage: damages snapshots by the specification of their format, not by the code that writes them.
 */
#ifndef DAMAGE_H
#define DAMAGE_H

#include "sample.h"
#include "scratch.h"

enum { DAMAGE_HEADER_SIZE = 384, DAMAGE_SECTIONS = 12 };

/* Returns where a section begins in a valid file. */
uint8_t *damage_section(uint8_t *file, int section);

/* Corrects all checksums, except those of sections that the header places outside the file. */
void damage_repair_checksums(uint8_t *file, size_t size);

/* Applies a script of edits, each of any 8 bytes, to the file. An edit changes a bit, a byte or a
 * number of the header or of a section, often to a value just past a limit, or shortens the file.
 * Returns the new size. */
size_t damage_apply(uint8_t *file, size_t size, const uint8_t *script, size_t script_size);

#endif

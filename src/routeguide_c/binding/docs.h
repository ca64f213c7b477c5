/* docs: what help() says of the extension. The words are those of _core.pyi, and a test holds the
 * two together; before them stands the signature, as inspect reads it. A line here is a line there.
 */
#ifndef DOCS_H
#define DOCS_H

/* clang-format off */

PyDoc_STRVAR(DOC_Vector,
    "An immutable run of numbers in C memory, as queries answer.\n"
    "\n"
    "A sequence of int or float, and a read-only buffer: `memoryview(vector)` and\n"
    "`numpy.asarray(vector)` see the same memory without a copy.");

PyDoc_STRVAR(DOC_Vector_tolist,
    "tolist($self, /)\n"
    "--\n"
    "\n"
    "The numbers as a list.");

PyDoc_STRVAR(DOC_FeatureIndex,
    "FeatureIndex(latitudes, longitudes, names, /)\n"
    "--\n"
    "\n"
    "Features in database order, found by point or by rectangle. Immutable.\n"
    "\n"
    "`latitudes` and `longitudes` are E7 integers: a C-contiguous buffer of 32-bit signed\n"
    "integers (array, numpy, memoryview) or any sequence of int. `names` is a sequence of str,\n"
    "\"\" for an unnamed feature. All three are equally long; the position is the feature's id.\n"
    "Everything is copied.\n"
    "\n"
    "Coordinates are any 32-bit integers, on Earth or not, and may repeat.\n"
    "\n"
    "Raises TypeError for another type of buffer or item, ValueError where the lengths differ, a\n"
    "buffer is not contiguous or a name has lone surrogates or over 16,776,960 bytes of UTF-8,\n"
    "OverflowError for an integer that does not fit in 32 bits.\n"
    "Any number of threads may use one index.");

PyDoc_STRVAR(DOC_FeatureIndex_find,
    "find($self, lat_e7, lon_e7, /)\n"
    "--\n"
    "\n"
    "The id of the first feature in database order at exactly this point, or None.\n"
    "\n"
    "Cost: one look-up in a hash table, whatever the size of the index.");

PyDoc_STRVAR(DOC_FeatureIndex_find_many,
    "find_many($self, latitudes, longitudes, /)\n"
    "--\n"
    "\n"
    "What `find` answers for each point, as signed 32-bit integers: -1 for None.\n"
    "\n"
    "Takes coordinates as the constructor does, and raises as it does. Other threads run\n"
    "meanwhile. Cost: a fraction of so many calls of `find`, from memory as well as from Python.");

PyDoc_STRVAR(DOC_FeatureIndex_query,
    "query($self, lo_lat_e7, lo_lon_e7, hi_lat_e7, hi_lon_e7, /)\n"
    "--\n"
    "\n"
    "The ids of all features in a rectangle, ascending, as unsigned 32-bit integers.\n"
    "\n"
    "Any two opposite corners will do; all four edges are inside. The rectangle does not\n"
    "cross the antimeridian. Other threads run while a long query does. Cost: grows with the\n"
    "hits and the rim of the rectangle.");

PyDoc_STRVAR(DOC_FeatureIndex_query_count,
    "query_count($self, lo_lat_e7, lo_lon_e7, hi_lat_e7, hi_lon_e7, /)\n"
    "--\n"
    "\n"
    "How many ids `query` would answer. Cost: grows with the rim of the rectangle.");

PyDoc_STRVAR(DOC_FeatureIndex_query_box,
    "query_box($self, south, west, north, east, /)\n"
    "--\n"
    "\n"
    "As query, for a box that runs eastward from `west` to `east`.\n"
    "\n"
    "Where west is greater than east it crosses the antimeridian: its longitudes are those from\n"
    "west to +180 and from -180 to east, all four included. Coordinates are compared as they\n"
    "are: a box that ends at +180 does not hold what is stored at -180; one from there to -180\n"
    "holds both. Raises ValueError where south is greater than north. Other threads run while a\n"
    "long query does.");

PyDoc_STRVAR(DOC_FeatureIndex_nearest,
    "nearest($self, lat_e7, lon_e7, k, /, max_distance_m=1e999)\n"
    "--\n"
    "\n"
    "The k features nearest to a place: their ids and their distances in metres.\n"
    "\n"
    "Nearest first, equal distances by id; fewer than k where there are no more, or no more\n"
    "within `max_distance_m`, itself included (the default is infinity). Distances are\n"
    "great-circle, across poles and the antimeridian: exactly what `haversine_many` answers, with\n"
    "+180 for a longitude of -180 and one longitude for both where one of them is a pole.\n"
    "Features off the Earth, beyond 90 degrees of latitude or 180 of longitude, are nowhere.\n"
    "\n"
    "Raises ValueError for a centre off the Earth, a negative k, and a distance that is negative\n"
    "or not a number. Cost: grows with k and, slowly, with\n"
    "the size of the index. Other threads may run meanwhile.");

PyDoc_STRVAR(DOC_FeatureIndex_within,
    "within($self, lat_e7, lon_e7, radius_m, /)\n"
    "--\n"
    "\n"
    "All features within a distance of a place, itself included, as nearest answers.");

PyDoc_STRVAR(DOC_FeatureIndex_along,
    "along($self, latitudes, longitudes, half_width_m, /)\n"
    "--\n"
    "\n"
    "All features within a distance of a route, itself included, in order along it.\n"
    "\n"
    "The route runs along the shorter great-circle arcs between its vertices, given as the\n"
    "constructor takes coordinates, across poles and the antimeridian as it comes; its corridor\n"
    "has round ends. One vertex, or one place repeated, makes it a circle: the features of\n"
    "`within`. Without vertices nothing is near.\n"
    "\n"
    "Answers four columns, ordered by the second, equal ones by id: ids; metres along the route,\n"
    "from its start to the place on it that is nearest to the feature, the earliest such place\n"
    "where more are equally near (within 1e-7 m); that place's distance from the feature in\n"
    "metres; and the side on which the feature is, seen in the direction of travel: -1 left,\n"
    "+1 right, 0 on the route or straight ahead or behind.\n"
    "\n"
    "Distances are true ones on the sphere of `haversine`, within 1e-8 m; exactly those of\n"
    "`haversine` where the nearest place is a vertex. A feature belongs to the answer where the\n"
    "distance as computed is at most `half_width_m`. Features off the Earth are nowhere.\n"
    "\n"
    "Raises TypeError, ValueError and OverflowError as the constructor does; ValueError also for\n"
    "a vertex off the Earth, for vertices that follow each other and are antipodes, between which\n"
    "no arc is the shorter one, and for a half width that is negative or not a number.\n"
    "Cost: grows with the hits and the length of the route, slowly with its number of vertices.\n"
    "Other threads run meanwhile.");

PyDoc_STRVAR(DOC_FeatureIndex_unnamed_count,
    "unnamed_count($self, /)\n"
    "--\n"
    "\n"
    "How many features have no name.\n"
    "\n"
    "Cost: one pass over all features. Other threads run meanwhile.");

PyDoc_STRVAR(DOC_FeatureIndex_duplicate_count,
    "duplicate_count($self, /)\n"
    "--\n"
    "\n"
    "How many features lie exactly where one of a lower id does.\n"
    "\n"
    "Cost: one pass over the hash table. Other threads run meanwhile.");

PyDoc_STRVAR(DOC_FeatureIndex_named,
    "named($self, ids, /)\n"
    "--\n"
    "\n"
    "Those of the ids whose feature has a name, in their order.\n"
    "\n"
    "`ids` is a C-contiguous buffer of 32-bit integers, signed or not: a Vector, an array, a\n"
    "numpy array. Raises TypeError for anything else, IndexError where an id is of no feature.");

PyDoc_STRVAR(DOC_FeatureIndex_page_bytes,
    "page_bytes($self, ids, start, stop, /)\n"
    "--\n"
    "\n"
    "How many bytes encode_page gives for the same arguments, without making them.\n"
    "\n"
    "Takes and raises what that does. Cost: nanoseconds a feature, however long its name is.");

PyDoc_STRVAR(DOC_FeatureIndex_encode_page,
    "encode_page($self, ids, start, stop, /)\n"
    "--\n"
    "\n"
    "The features `ids[start:stop]` as the entries of field 1 of a protocol buffer message.\n"
    "\n"
    "These are the bytes of a message that has `repeated Feature` as its field 1 and nothing\n"
    "else; those of its other fields may be added behind. Takes ids as `named` does. Ends past\n"
    "the ids are clamped, as a slice's are; negative ones raise ValueError. Raises IndexError\n"
    "where an id is of no feature. No Python object is made for a feature. Cost: a fraction of\n"
    "a microsecond a feature.");

PyDoc_STRVAR(DOC_FeatureIndex_encode_lookups,
    "encode_lookups($self, ids, /)\n"
    "--\n"
    "\n"
    "As encode_page, each entry `{ Feature feature = 1; }`, empty where an id is -1.\n"
    "\n"
    "Takes all of what `find_many` answers, or ids as `named` does.");

PyDoc_STRVAR(DOC_FeatureIndex_encode_nearby_page,
    "encode_nearby_page($self, ids, distances_m, start, stop, /)\n"
    "--\n"
    "\n"
    "As encode_page, each entry `{ Feature feature = 1; double distance_m = 2; }`.\n"
    "\n"
    "`distances_m` is a buffer of 64-bit floats, as long as the ids: what `nearest` and `within`\n"
    "answer. Raises ValueError where the lengths differ.");

PyDoc_STRVAR(DOC_FeatureIndex_encode_route_page,
    "encode_route_page($self, ids, along_m, offset_m, sides, start, stop, /)\n"
    "--\n"
    "\n"
    "As encode_page, each entry a feature and where it is along a route.\n"
    "\n"
    "An entry is `{ Feature feature = 1; double along_m = 2; double offset_m = 3; Side side = 4;\n"
    "}`, Side an enumeration of 0 for neither, 1 for left and 2 for right. In `sides`, a buffer\n"
    "of 8-bit or 32-bit signed integers, negative is left, positive right and 0 neither.");

PyDoc_STRVAR(DOC_FeatureIndex_name,
    "name($self, id, /)\n"
    "--\n"
    "\n"
    "A feature's name, \"\" for an unnamed one. Raises IndexError, as do the next two.");

PyDoc_STRVAR(DOC_FeatureIndex_location,
    "location($self, id, /)\n"
    "--\n"
    "\n"
    "A feature's latitude and longitude, E7.");

PyDoc_STRVAR(DOC_FeatureIndex_encoded,
    "encoded($self, id, /)\n"
    "--\n"
    "\n"
    "A feature as a protocol buffer message, `routeguide.Feature`.");

PyDoc_STRVAR(DOC_FeatureIndex_latitudes,
    "The latitudes of all features, E7, in database order, without a copy.\n"
    "\n"
    "Signed 32-bit integers in the memory of the index, which lives as long as the vector does.");

PyDoc_STRVAR(DOC_FeatureIndex_longitudes,
    "The longitudes, as latitudes.");

PyDoc_STRVAR(DOC_FeatureIndex_bounds,
    "The tightest south, west, north, east around all features, E7; None without any.");

PyDoc_STRVAR(DOC_FeatureIndex_nbytes,
    "Bytes of memory that the index occupies; of one from a file, the file's size.");

PyDoc_STRVAR(DOC_FeatureIndex_fingerprint,
    "16 lower-case hexadecimal digits that depend on the features and their order alone.\n"
    "\n"
    "The same for an index that was built, saved and opened, mapped or not, in every process\n"
    "and on every machine of the same byte order. Of other features they are others, but for\n"
    "one accident in 2^64; whoever sets out to forge them can. The metadata has no part in it.\n"
    "Cost: O(1) for an opened index; one that was built reads all features when first asked,\n"
    "while other threads run.");

PyDoc_STRVAR(DOC_FeatureIndex_open,
    "open($type, path, verify=True, map=True)\n"
    "--\n"
    "\n"
    "The index in a snapshot file, which `save` wrote.\n"
    "\n"
    "`map` maps the file, read-only: its pages are shared with all processes that map it, and\n"
    "read when they are first used. The file may be replaced by renaming another over it, as\n"
    "`save` does, and may be removed. Truncated or written to, it takes the process down\n"
    "(SIGBUS) or changes the answers; `map=False` reads it into memory instead.\n"
    "\n"
    "`verify` checks every byte against its checksum, every offset and id, and that the grid has\n"
    "the features' coordinates, in one pass; docs/snapshot-format.md has the whole of it.\n"
    "Without it only the header is checked, at once, and a damaged file gives wrong answers or\n"
    "SnapshotError later, but no crash.\n"
    "\n"
    "Raises OSError where the file cannot be read, SnapshotError where it is not a sound\n"
    "snapshot of a version that is read here. Other threads run meanwhile.");

PyDoc_STRVAR(DOC_FeatureIndex_save,
    "save($self, path, metadata=None)\n"
    "--\n"
    "\n"
    "Write the index to a snapshot file, which appears whole or not at all.\n"
    "\n"
    "The file is made beside its place under another name, flushed to the disk and renamed, so\n"
    "whatever goes wrong, an older file at `path` stays as it is. The new one has its\n"
    "permissions. A symbolic link is replaced, not followed.\n"
    "\n"
    "`metadata` is up to 64 KiB that an opened index gives back; by default what this index was\n"
    "opened with. Raises OSError where the file cannot be written, ValueError for larger\n"
    "metadata. Other threads run meanwhile.");

PyDoc_STRVAR(DOC_FeatureIndex_metadata,
    "The bytes saved beside the features; empty for an index that was built.");

PyDoc_STRVAR(DOC_FeatureIndexBuilder,
    "FeatureIndexBuilder(expected_count=0)\n"
    "--\n"
    "\n"
    "Makes a FeatureIndex of features that come in pieces, with no Python object for any of them.\n"
    "\n"
    "`expected_count` is how many there will be, or a guess: it saves growing, and is no\n"
    "limit. Between two calls the builder holds the features as the index will; what it grows\n"
    "by is not copied where the system can move it, so the most memory in use is that of the\n"
    "index and of what indexing needs meanwhile.\n"
    "\n"
    "A builder belongs to one thread at a time: a call while another one is at work in another\n"
    "thread raises RuntimeError. Raises ValueError for over 2,147,483,647 features.");

PyDoc_STRVAR(DOC_FeatureIndexBuilder_extend,
    "extend($self, latitudes, longitudes, name_offsets, name_bytes, /)\n"
    "--\n"
    "\n"
    "Add features whose names are UTF-8 in one run of bytes, as Apache Arrow has them.\n"
    "\n"
    "Takes coordinates as FeatureIndex does. `name_offsets` is a buffer of 32-bit or 64-bit\n"
    "signed integers, one more than there are features; the name of feature i is\n"
    "`name_bytes[name_offsets[i] : name_offsets[i + 1]]`, so offsets need not begin at 0.\n"
    "Everything is copied; no str is made.\n"
    "\n"
    "Raises ValueError, and names the row, where a name is not UTF-8 or over 16,776,960 bytes\n"
    "long or its offsets do not ascend within the bytes; then, as after any other exception,\n"
    "nothing of the call is added. Other threads run meanwhile.");

PyDoc_STRVAR(DOC_FeatureIndexBuilder_extend_names,
    "extend_names($self, latitudes, longitudes, names, /)\n"
    "--\n"
    "\n"
    "Add features whose names are str. Takes and raises as FeatureIndex does.\n"
    "\n"
    "After an exception nothing of the call is added.");

PyDoc_STRVAR(DOC_FeatureIndexBuilder_build,
    "build($self, /)\n"
    "--\n"
    "\n"
    "The index of all features added, in that order; the builder is empty afterwards.\n"
    "\n"
    "It is empty after MemoryError, too. Other threads run meanwhile.");

PyDoc_STRVAR(DOC_FeatureIndex_sections,
    "Bytes of each section that a snapshot of it has, by name, in the order of the file.\n"
    "\n"
    "The first time, an index that was built computes its `fingerprint`, too.");

PyDoc_STRVAR(DOC_SnapshotError,
    "A file that is no snapshot, or no sound one; the message names it and what is wrong.");

PyDoc_STRVAR(DOC_Trip,
    "Trip(index, /)\n"
    "--\n"
    "\n"
    "The running summary of points visited one after the other on an index.");

PyDoc_STRVAR(DOC_Trip_visit,
    "visit($self, lat_e7, lon_e7, /)\n"
    "--\n"
    "\n"
    "Travel to the next point. Raises OverflowError as FeatureIndex does.");

PyDoc_STRVAR(DOC_Trip_point_count,
    "Points visited.");

PyDoc_STRVAR(DOC_Trip_feature_count,
    "Points visited at which there is a feature, named or not.");

PyDoc_STRVAR(DOC_Trip_distance_m,
    "Metres travelled: the great-circle legs added in order.");

PyDoc_STRVAR(DOC_haversine,
    "haversine($module, lat1_e7, lon1_e7, lat2_e7, lon2_e7, /)\n"
    "--\n"
    "\n"
    "Great-circle metres between two points on a sphere of radius 6,371,000 m.\n"
    "\n"
    "The haversine formula as the RouteGuide tutorials write it, equal to theirs in every bit;\n"
    "half the circumference where rounding takes that formula past its domain, at antipodes.");

PyDoc_STRVAR(DOC_haversine_many,
    "haversine_many($module, lats1, lons1, lats2, lons2, /, *, fast=False)\n"
    "--\n"
    "\n"
    "Great-circle metres from each point of the first columns to that of the others beside it.\n"
    "\n"
    "Takes coordinates as FeatureIndex does, and raises as it does; `lats1` and `lons1` may both\n"
    "be an int instead: the one point from which all distances are measured. For\n"
    "coordinates on Earth the relative error is below 1e-10, next to antipodes as well, where\n"
    "that of `haversine` reaches 3e-9. The last digits differ between processors. `fast` has no\n"
    "effect.\n"
    "\n"
    "The interpreter is free for other threads meanwhile.");

PyDoc_STRVAR(DOC_path_length,
    "path_length($module, latitudes, longitudes, /)\n"
    "--\n"
    "\n"
    "Metres along the points in order: the sum of `haversine_many` over the legs.\n"
    "\n"
    "Takes coordinates as FeatureIndex does, and raises as it does. 0.0 for less than two points.");

PyDoc_STRVAR(DOC_e7_from_latitudes,
    "e7_from_latitudes($module, degrees, /)\n"
    "--\n"
    "\n"
    "Degrees as E7: times ten million, rounded to the nearest integer, half to even.\n"
    "\n"
    "`degrees` is a C-contiguous buffer of 64-bit floats: an array, a numpy array. Raises\n"
    "TypeError for anything else; ValueError, which tells the first, where one is not between -90\n"
    "and 90, which are inside, or is no number. Degrees with up to seven decimals become exactly\n"
    "what they say. Cost: a pass over them. Other threads run meanwhile.");

PyDoc_STRVAR(DOC_e7_from_longitudes,
    "e7_from_longitudes($module, degrees, /, *, wrap=False)\n"
    "--\n"
    "\n"
    "As e7_from_latitudes, between -180 and 180, which are two different longitudes.\n"
    "\n"
    "With `wrap`, up to 360: what is beyond 180 loses a turn, after it was rounded.");

PyDoc_STRVAR(DOC_count_byte,
    "count_byte($module, data, byte, /)\n"
    "--\n"
    "\n"
    "How often a byte occurs: bytes.count, while other threads run.\n"
    "\n"
    "`data` is a C-contiguous buffer of bytes, `byte` a number from 0 to 255. Raises TypeError\n"
    "for anything that is no such buffer, ValueError for another number.\n"
    "\n"
    "Cost: one pass over them.");

/* clang-format on */

#endif

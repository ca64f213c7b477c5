'use strict';

// The worker with the places: it makes the map's tiles and looks up names. start.js defines PACKED
// in front of this script.

const E7 = 1e7;

// Decodes base64; browsers before 2025 have no fast way.
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

// All latitudes, then all longitudes, int32 E7.
const columns = new Int32Array(bytesOf(PACKED.places).buffer);
const count = columns.length / 2;
const [latitudes, longitudes] = [columns.subarray(0, count), columns.subarray(count)];

// Map coordinates from 0 to 1, starting at the north-west corner. 180 degrees east are the same as
// west; places beyond 85 degrees of latitude are drawn there, as a Mercator map has no poles.
const wrapped = (turns) => turns - Math.floor(turns);
const mapX = (lon_e7) => wrapped(lon_e7 / E7 / 360 + 0.5);
function mapY(lat_e7) {
  const sine = Math.sin(Math.max(-85, Math.min(85, lat_e7 / E7)) * Math.PI / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

// The finest cells of the map: 2^CELL_BITS columns and as many rows.
const CELL_BITS = 14;

// Interleaves the bits of a cell's column and row (Z-order curve): the cells within a larger cell
// share their leading bits.
const spread = (value) => {
  let bits = value;
  bits = (bits | bits << 8) & 0x00ff00ff;
  bits = (bits | bits << 4) & 0x0f0f0f0f;
  bits = (bits | bits << 2) & 0x33333333;
  return (bits | bits << 1) & 0x55555555;
};
const cellAt = (column, row) => spread(column) | spread(row) << 1;

// Sorts the places by cell: the places in a larger cell are consecutive.
function inOrder() {
  const IDS = 2 ** (53 - 2 * CELL_BITS); // cell and id in one number, which sorts fast
  const side = 2 ** CELL_BITS;
  const sorted = new Float64Array(count);
  for (let id = 0; id < count; id++) {
    sorted[id] = cellAt(mapX(longitudes[id]) * side, mapY(latitudes[id]) * side) * IDS + id;
  }
  sorted.sort();
  const order = { ids: new Uint32Array(count), cells: new Uint32Array(count) };
  for (let i = 0; i < count; i++) {
    order.cells[i] = sorted[i] / IDS;
    order.ids[i] = sorted[i] % IDS;
  }
  return order;
}
const { ids, cells } = inOrder();

// Unpacked at the first lookup, so that the map does not wait for them.
let names = null;
async function unpackNames() {
  const stream = new Blob([bytesOf(PACKED.names)]).stream().pipeThrough(new DecompressionStream('deflate'));
  return (await new Response(stream).text()).split('\n');
}

const answers = {
  tile: tileOf,
  apartFrom,

  // The names and locations of the first `limit` places of some dots. A dot is one place (`place`)
  // or `count` consecutive places from `start`.
  placesAt: async (dots, limit) => {
    names ??= unpackNames();
    const all = await names;
    const found = new Set(dots.flatMap(({ place, start, count }) =>
      place ?? [...ids.subarray(start, start + Math.min(count, limit))]));
    const describe = (id) => ({ name: all[id], latitude: latitudes[id] / E7, longitude: longitudes[id] / E7 });
    return { count: found.size, first: [...found].slice(0, limit).map(describe) };
  },
};

self.onmessage = async ({ data: [question, ...about], ports: [answer] }) => {
  answer.postMessage(await answers[question](...about));
};

'use strict';

// A worker that has the places: it makes the map's tiles of them, and tells their names. PACKED is
// put before this script, see start.js.

const E7 = 1e7;

// Base64 as bytes; browsers before 2025 have no quick way.
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

// All latitudes, then all longitudes, int32 E7.
const columns = new Int32Array(bytesOf(PACKED.places).buffer);
const count = columns.length / 2;
const [latitudes, longitudes] = [columns.subarray(0, count), columns.subarray(count)];

// On the map, from 0 to 1 and from its north-western corner: 180 degrees east are those west, and
// what is closer to a pole than a Mercator map goes is at its edge.
const wrapped = (turns) => turns - Math.floor(turns);
const mapX = (lon_e7) => wrapped(lon_e7 / E7 / 360 + 0.5);
function mapY(lat_e7) {
  const sine = Math.sin(Math.max(-85, Math.min(85, lat_e7 / E7)) * Math.PI / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

// The finest cells of the map: so many columns and rows of them, as a power of two.
const CELL_BITS = 14;

// Column and row of a cell with their bits taken in turns, so that cells that are together in a
// larger one have the same leading bits (a Z-order curve).
const spread = (value) => {
  let bits = value;
  bits = (bits | bits << 8) & 0x00ff00ff;
  bits = (bits | bits << 4) & 0x0f0f0f0f;
  bits = (bits | bits << 2) & 0x33333333;
  return (bits | bits << 1) & 0x55555555;
};
const cellAt = (column, row) => spread(column) | spread(row) << 1;

// The places in the order of their cells: those in any larger cell are a run of them.
function inOrder() {
  const IDS = 2 ** (53 - 2 * CELL_BITS); // cell and id as one number: those sort quickly
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

// Unpacked when somebody asks for one: the map does not wait for them.
let names = null;
async function unpackNames() {
  const stream = new Blob([bytesOf(PACKED.names)]).stream().pipeThrough(new DecompressionStream('deflate'));
  return (await new Response(stream).text()).split('\n');
}

const answers = {
  tile: tileOf,
  apartFrom,

  // Each dot is one place or a run of so many of them, of which the first `limit` are told.
  placesAt: async (dots, limit) => {
    names ??= unpackNames();
    const all = await names;
    const found = new Set(dots.flatMap(({ place, start, count }) =>
      place ?? [...ids.subarray(start, start + Math.min(count, limit))]));
    const told = (id) => ({ name: all[id], latitude: latitudes[id] / E7, longitude: longitudes[id] / E7 });
    return { count: found.size, first: [...found].slice(0, limit).map(told) };
  },
};

self.onmessage = async ({ data: [question, ...about], ports: [answer] }) => {
  answer.postMessage(await answers[question](...about));
};

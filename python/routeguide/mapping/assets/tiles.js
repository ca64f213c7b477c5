// Vector tiles of the places. At low zoom, the places in a cell as wide as a dot become one dot, so
// that a screen never has more dots than it has room for. The dot is at one of its places: at their
// average, dots would form a grid. Higher zooms have fewer places to show.

const EXTENT = 8192; // units along the side of a tile
const LAST_GROUPED_ZOOM = 5;
const DOT_BITS = 8; // 2^DOT_BITS dots fit on the side of a tile, 512 pixels

// Protobuf: a varint, and a field of bytes with their length.
function putNumber(bytes, value) {
  for (; value > 127; value >>>= 7) bytes.push(value & 127 | 128);
  bytes.push(value);
}
function putBytes(bytes, field, content) {
  bytes.push(field << 3 | 2);
  putNumber(bytes, content.length);
  for (const byte of content) bytes.push(byte);
}
const letters = (text) => Array.from(text, (letter) => letter.charCodeAt(0));

// The layer `places`: points with a `count`. Format: https://github.com/mapbox/vector-tile-spec.
class Layer {
  constructor() {
    this.bytes = [15 << 3, 2, 5 << 3];
    putNumber(this.bytes, EXTENT);
    putBytes(this.bytes, 1, letters('places'));
    putBytes(this.bytes, 3, letters('count'));
    this.counts = new Map(); // a feature refers to its count by its position here
  }

  add(id, size, x, y) {
    if (!this.counts.has(size)) this.counts.set(size, this.counts.size);
    const feature = [1 << 3], tags = [0], point = [1 << 3 | 1];
    putNumber(feature, id);
    putNumber(tags, this.counts.get(size));
    putBytes(feature, 2, tags);
    feature.push(3 << 3, 1);
    putNumber(point, 2 * x);
    putNumber(point, 2 * y);
    putBytes(feature, 4, point);
    putBytes(this.bytes, 2, feature);
  }

  tile() {
    for (const size of this.counts.keys()) {
      const value = [5 << 3];
      putNumber(value, size);
      putBytes(this.bytes, 4, value);
    }
    const head = [3 << 3 | 2];
    putNumber(head, this.bytes.length);
    const tile = new Uint8Array(head.length + this.bytes.length);
    tile.set(head);
    tile.set(this.bytes, head.length);
    return tile.buffer;
  }
}

// The position of the first place whose cell is not before this one.
function firstFrom(cell) {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cells[middle] < cell) low = middle + 1; else high = middle;
  }
  return low;
}

// Whether the places at two positions are drawn as one dot.
const areTogether = (one, other, zoom) => zoom <= LAST_GROUPED_ZOOM
  && cells[one] >> 2 * (CELL_BITS - zoom - DOT_BITS) === cells[other] >> 2 * (CELL_BITS - zoom - DOT_BITS);

// The lowest zoom at which the places of a dot become several dots.
function apartFrom(start, size) {
  let zoom = 0;
  while (areTogether(start, start + size - 1, zoom)) zoom++;
  return zoom;
}

// Makes a tile. The id of a dot is the position of its first place.
function tileOf(zoom, column, row) {
  const layer = new Layer();
  const bits = 2 * (CELL_BITS - zoom);
  const tile = cellAt(column, row);
  const end = firstFrom((tile + 1) * 2 ** bits);
  const within = (at, corner) => Math.min(EXTENT - 1, Math.floor((at * 2 ** zoom - corner) * EXTENT));
  for (let start = firstFrom(tile * 2 ** bits), next; start < end; start = next) {
    next = start + 1;
    while (next < end && areTogether(start, next, zoom)) next++;
    const id = ids[(start + next) >> 1];
    layer.add(start, next - start, within(mapX(longitudes[id]), column), within(mapY(latitudes[id]), row));
  }
  return layer.tile();
}

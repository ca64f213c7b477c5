'use strict';

// The data of this page, written by mapping/page.py.
const facts = JSON.parse(textOf('facts'));
const NAMES_LIMIT = 3; // in a tip
const WORLD_PX = 512; // the width of the map at zoom 0

// Colors by how many features share a dot, on a logarithmic scale from 1 to 1,000.
const RAMP = ['#3f6fe0', '#2fc4c0', '#f6cf5f', '#fff8e1'];
document.getElementById('ramp').style.background = `linear-gradient(90deg, ${RAMP.join(', ')})`;

// A Mercator map has no poles: places beyond 85 degrees are drawn there.
const shownLatitude = (latitude) => Math.max(-85, Math.min(85, latitude));

function hit([place, offset_m, longitude, latitude]) {
  const coordinates = [longitude, shownLatitude(latitude)];
  return { type: 'Feature', properties: { place, offset_m }, geometry: { type: 'Point', coordinates } };
}

const collection = (features) => ({ type: 'FeatureCollection', features });
const lines = (coordinates) =>
  ({ type: 'Feature', properties: {}, geometry: { type: 'MultiLineString', coordinates } });

function graticule() {
  const parts = [];
  for (let lon = -180; lon <= 180; lon += 15) parts.push([[lon, -85], [lon, 85]]);
  for (let lat = -75; lat <= 75; lat += 15) parts.push([[-180, lat], [180, lat]]);
  return lines(parts);
}

// The corridor of a route of one place.
function disc([longitude, latitude]) {
  const middle = maplibregl.MercatorCoordinate.fromLngLat([longitude, shownLatitude(latitude)]);
  const radius = facts.route.half_width_m * middle.meterInMercatorCoordinateUnits();
  const ring = Array.from({ length: 97 }, (_, i) => {
    const turn = i * Math.PI / 48;
    const at = new maplibregl.MercatorCoordinate(middle.x + radius * Math.cos(turn), middle.y + radius * Math.sin(turn));
    return at.toLngLat().toArray();
  });
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
}

// A corridor is drawn as a wide line, whose width in pixels depends on the latitude: each piece of
// the route has its width at zoom 0, which doubles with every level.
function corridorPieces() {
  if (!facts.route) return [];
  if (facts.route.line.length === 1) return [disc(facts.route.line[0])];
  return facts.route.line.slice(1).map((to, i) => {
    const from = facts.route.line[i];
    const middle = maplibregl.MercatorCoordinate.fromLngLat([from[0], shownLatitude((from[1] + to[1]) / 2)]);
    const width = 2 * facts.route.half_width_m * middle.meterInMercatorCoordinateUnits() * WORLD_PX;
    return { type: 'Feature', properties: { width }, geometry: { type: 'LineString', coordinates: [from, to] } };
  });
}

const doubling = (value) => ['interpolate', ['exponential', 2], ['zoom'], 0, value, 24, ['*', value, 2 ** 24]];
const byZoom = (...stops) => ['interpolate', ['linear'], ['zoom'], ...stops];
const crowd = ['log10', ['get', 'count']];

function style() {
  return {
    version: 8,
    sources: {
      graticule: { type: 'geojson', data: graticule() },
      features: { type: 'vector', tiles: ['places://{z}/{x}/{y}'], maxzoom: 12 },
      corridor: { type: 'geojson', data: collection(corridorPieces()) },
      route: { type: 'geojson', data: lines(facts.route ? [facts.route.line] : []) },
      hits: { type: 'geojson', data: collection(facts.route ? facts.route.hits.map(hit) : []) },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': '#0a0f1e' } },
      { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': '#1b2742', 'line-width': 1 } },
      {
        id: 'disc', type: 'fill', source: 'corridor', filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': '#2a2233' },
      },
      {
        id: 'corridor', type: 'line', source: 'corridor', filter: ['==', ['geometry-type'], 'LineString'], layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': '#2a2233', 'line-width': doubling(['get', 'width']) },
      },
      {
        id: 'features', type: 'circle', source: 'features', 'source-layer': 'places',
        paint: {
          'circle-color': ['interpolate', ['linear'], crowd, ...RAMP.flatMap((color, i) => [i, color])],
          'circle-radius': byZoom(0, 1.5, 4, 1.6, 6, 1.9, 10, 3.2, 15, 6),
          'circle-opacity': byZoom(0, 0.85, 10, 0.95),
        },
      },
      {
        id: 'glow', type: 'line', source: 'route', layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': '#ff7a3c', 'line-width': 9, 'line-blur': 8, 'line-opacity': 0.55 },
      },
      {
        id: 'route', type: 'line', source: 'route', layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': '#ffd9c2', 'line-width': 2 },
      },
      {
        id: 'hits', type: 'circle', source: 'hits',
        paint: {
          'circle-color': '#ff9d5c', 'circle-radius': byZoom(0, 1.6, 6, 2.8, 12, 6),
          'circle-stroke-color': '#40200c', 'circle-stroke-width': byZoom(0, 0, 6, 0.6, 12, 1.2),
        },
      },
    ],
  };
}

function line(className, text) {
  const element = document.createElement('div');
  element.className = className;
  element.textContent = text; // names may contain markup
  return element;
}

// A place as places.js describes it.
const nameLine = ({ name }) => (name ? line('name', name) : line('unnamed', 'unnamed'));
const positionLine = ({ latitude, longitude }) => line('more', `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`);
const meters = (value) =>
  value < 10000 ? `${Math.round(value).toLocaleString('en')} m` : `${(value / 1000).toFixed(1)} km`;

const placesAt = (dots, limit) =>
  ask('placesAt', dots.map(({ id, properties }) => ({ start: id, ...properties })), limit);

// The lines of the tip for what is under the pointer, nearest first.
async function tipLines(found) {
  const [{ properties: { count = 1, offset_m } }] = found;
  const dots = count > 1 ? found.slice(0, 1) : found.filter((dot) => !(dot.properties.count > 1));
  const places = await placesAt(dots, NAMES_LIMIT);
  const shown = places.first.map(nameLine);
  const more = (count > 1 ? count : places.count) - shown.length;
  if (more > 0) shown.push(line('more', `and ${more.toLocaleString('en')} more; click to zoom in`));
  if (count > 1) return shown;
  shown.push(positionLine(places.first[0]));
  if (offset_m !== undefined) shown.push(line('more', `${meters(offset_m)} from the route`));
  return shown;
}

function underPointer(map, { x, y }) {
  const reach = 5;
  const found = map.queryRenderedFeatures(
    [[x - reach, y - reach], [x + reach, y + reach]], { layers: ['hits', 'features'] });
  const distance = (feature) => {
    const at = map.project(feature.geometry.coordinates);
    return Math.hypot(at.x - x, at.y - y) - (feature.layer.id === 'hits' ? reach : 0);
  };
  return found.sort((one, other) => distance(one) - distance(other));
}

function watchPointer(map) {
  const tip = document.getElementById('tip');
  let pointer = null, asked = false;
  async function look() {
    asked = false;
    const at = pointer;
    const found = at ? underPointer(map, at) : [];
    map.getCanvas().style.cursor = found.length ? 'pointer' : '';
    const content = found.length ? await tipLines(found) : [];
    if (at !== pointer) return;
    tip.hidden = !content.length;
    if (tip.hidden) return;
    tip.replaceChildren(...content);
    const room = document.getElementById('map').getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(at.x + 14, room.width - tip.offsetWidth - 8))}px`;
    tip.style.top = `${at.y + 18 + tip.offsetHeight > room.height ? at.y - tip.offsetHeight - 12 : at.y + 18}px`;
  }
  const move = (point) => {
    pointer = point;
    if (!asked) requestAnimationFrame(look);
    asked = true;
  };
  map.on('mousemove', (event) => move(event.point));
  map.on('mouseout', () => move(null));
  map.on('movestart', () => move(null));
  map.on('click', async (event) => {
    const found = underPointer(map, event.point);
    const [top] = found;
    const isCrowd = top?.properties.count > 1;
    if (!isCrowd && (await placesAt(found, 2)).count < 2) return;
    const zoom = isCrowd ? await ask('apartFrom', top.id, top.properties.count) : 0;
    map.easeTo({ center: top.geometry.coordinates, zoom: Math.max(zoom, map.getZoom() + 2) });
  });
}

function summarise() {
  const summary = document.getElementById('summary');
  summary.textContent = `${facts.count.toLocaleString('en')} ${facts.count === 1 ? 'feature' : 'features'}`;
  if (!facts.route) return;
  const along = document.createElement('b');
  along.textContent = facts.route.hits.length.toLocaleString('en');
  summary.append('; ', along, ` within ${meters(facts.route.half_width_m)} of a route of ${meters(facts.route.length_m)}`);
}

// Space around what the map opens on: between the title and the legend or, in a wide window, beside
// them if it is shown larger there.
function margins() {
  const wide = window.innerWidth >= 900;
  const [title, legend] = ['header', '#legend'].map((id) => document.querySelector(id));
  const side = wide ? 60 : 24;
  const between = { left: side, right: side, top: title.offsetHeight + 32, bottom: legend.offsetHeight + 50 };
  if (!wide) return between;
  const beside = { left: Math.max(title.offsetWidth, legend.offsetWidth) + 32, right: 60, top: 60, bottom: 60 };
  const [one, other] = facts.bounds.map((corner) => maplibregl.MercatorCoordinate.fromLngLat(corner));
  const scale = ({ left, right, top, bottom }) => Math.min(
    (window.innerWidth - left - right) / Math.max(1e-9, Math.abs(other.x - one.x)),
    (window.innerHeight - top - bottom) / Math.max(1e-9, Math.abs(other.y - one.y)));
  return scale(beside) > scale(between) ? beside : between;
}

function main() {
  summarise();
  maplibregl.addProtocol('places', async ({ url }) =>
    ({ data: await ask('tile', ...url.split('/').slice(-3).map(Number)) }));
  const map = new maplibregl.Map({
    container: 'map', style: style(), bounds: facts.bounds,
    fitBoundsOptions: { padding: margins(), maxZoom: 14 }, attributionControl: false, fadeDuration: 0,
  });
  map.addControl(new maplibregl.AttributionControl({ compact: false, customAttribution: facts.attribution }));
  map.addControl(new maplibregl.NavigationControl(), 'top-right');
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 140 }), 'bottom-right');
  document.getElementById('map').map = map; // for the console and tests
  watchPointer(map);
  map.once('idle', () => {
    document.body.dataset.drawnAfterMs = String(Math.round(performance.now()));
  });
}

main();

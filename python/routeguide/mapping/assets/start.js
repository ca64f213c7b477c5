'use strict';

// The worker with the places starts before the map's library loads, so that both run in parallel.

const textOf = (id) => document.getElementById(id).textContent;

const places = new Worker(URL.createObjectURL(new Blob([
  `const PACKED = { places: '${textOf('places')}', names: '${textOf('names')}' };\n`,
  textOf('places-script'), textOf('tiles-script'),
], { type: 'text/javascript' })));

// Asks places.js a question; resolves with its answer.
function ask(...question) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    places.postMessage(question, [port2]);
  });
}

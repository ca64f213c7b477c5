'use strict';

// The worker that has the places is begun before the map's library is read, to be ready beside it.

const textOf = (id) => document.getElementById(id).textContent;

const places = new Worker(URL.createObjectURL(new Blob([
  `const PACKED = { places: '${textOf('places')}', names: '${textOf('names')}' };\n`,
  textOf('places-script'), textOf('tiles-script'),
], { type: 'text/javascript' })));

// What places.js answers to a question.
function ask(...question) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    places.postMessage(question, [port2]);
  });
}

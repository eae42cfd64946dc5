import type { FrozenStories } from '../../lib/src/tasks/stories-world.js';

/** Names, places, things and sentences of the stories: written for this data set. */
export const grammar: Omit<FrozenStories, 'name' | 'version' | 'sample'> = {
  people: ['Nora', 'Emil', 'Ida', 'Tomas', 'Vera'],
  places: ['library', 'station', 'bakery', 'harbour', 'museum', 'orchard', 'attic'],
  things: ['lantern', 'violin', 'basket', 'kite'],
  moves: [
    '{person} walked to the {place}.',
    '{person} hurried to the {place}.',
    '{person} cycled over to the {place}.',
    '{person} is now at the {place}.',
  ],
  takes: [
    '{person} lifted the {thing}.',
    '{person} packed the {thing}.',
    '{person} took hold of the {thing}.',
  ],
  drops: [
    '{person} put the {thing} down.',
    '{person} parted with the {thing}.',
    '{person} set the {thing} aside.',
  ],
  questions: {
    'one-fact': 'Where is {person}?',
    'two-facts': 'Where is the {thing}?',
    'yes-no': 'Is {person} at the {place}?',
    counting: 'How many things does {person} have?',
  },
  numbers: ['none', 'one', 'two', 'three', 'four'],
};

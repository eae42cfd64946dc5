import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutputStore } from '../../../kernel/src/run/outputs.js';

const stream = (text: string, name = 'stdout') => ({ type: 'stream', content: { name, text } });
const display = (text: string, id?: string, type = 'display_data') => ({
  type,
  content: { data: { 'text/plain': text }, metadata: {}, transient: id ? { display_id: id } : {} },
});
const clear = (wait: boolean) => ({ type: 'clear_output', content: { wait } });

function texts(store: OutputStore, cell = 'a'): string[] {
  return store
    .of(cell)
    .map((output) =>
      output.output_type === 'stream'
        ? `${output.name}:${output.text}`
        : 'data' in output
          ? String(output.data['text/plain'])
          : output.ename,
    );
}

function folded(...messages: Parameters<OutputStore['apply']>[1][]): string[] {
  const store = new OutputStore();
  for (const message of messages) store.apply('a', message);
  return texts(store);
}

test('only neighbouring pieces of the same stream are merged', () => {
  assert.deepEqual(folded(stream('1'), stream('2'), stream('e', 'stderr'), stream('3')), [
    'stdout:12',
    'stderr:e',
    'stdout:3',
  ]);
  assert.deepEqual(folded(stream('1'), display('x'), stream('2')), ['stdout:1', 'x', 'stdout:2']);
});

test('a carriage return overwrites its line, over the borders of messages', () => {
  assert.deepEqual(folded(stream('head\n10%'), stream('\r20%'), stream('\r30%\n'), stream('end')), [
    'stdout:head\n30%\nend',
  ]);
  assert.deepEqual(folded(stream('windows\r\nline')), ['stdout:windows\nline']);
  // A carriage return at the end waits for what follows, as a terminal does.
  assert.deepEqual(folded(stream('1\r'), stream('2\r')), ['stdout:2\r']);
});

test('an update reaches every output with its id, in all cells, and no other', () => {
  const store = new OutputStore();
  store.apply('a', display('one', 'x'));
  store.apply('a', display('other', 'y'));
  store.apply('b', display('two', 'x'));
  store.apply('c', display('new', 'x', 'update_display_data'));
  assert.deepEqual(
    [texts(store, 'a'), texts(store, 'b'), texts(store, 'c')],
    [['new', 'other'], ['new'], []],
  );
});

test('clear_output empties at once, with wait at the next output', () => {
  assert.deepEqual(folded(stream('a'), clear(false)), []);
  assert.deepEqual(folded(stream('a'), clear(true)), ['stdout:a']);
  assert.deepEqual(folded(stream('a'), clear(true), stream('b'), stream('c')), ['stdout:bc']);
  // A cleared stream is not continued by what comes after.
  assert.deepEqual(folded(stream('a'), clear(false), stream('b')), ['stdout:b']);
});

test('messages that make no output are ignored', () => {
  assert.deepEqual(
    folded(
      { type: 'status', content: { execution_state: 'busy' } },
      display('u', 'x', 'update_display_data'),
    ),
    [],
  );
});

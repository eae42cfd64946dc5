import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  createConnection,
  createMessage,
  decode,
  encode,
  MalformedMessageError,
  readConnectionFile,
  SignatureError,
  signMessage,
  writeConnectionFile,
} from '../../../kernel/src/wire/index.js';

const bytes = (frames: readonly (string | Uint8Array)[]) =>
  frames.map((frame) => Buffer.from(frame as string));

test('the signature is HMAC-SHA256 in hexadecimal over the parts in order', () => {
  // python3 -c "import hmac,hashlib; h=hmac.new(b'key',digestmod=hashlib.sha256);
  //   [h.update(p) for p in (b'{\"a\":1}',b'{}',b'{}',b'{\"code\":\"1\"}')]; print(h.hexdigest())"
  assert.equal(
    signMessage('key', ['{"a":1}', '{}', '{}', '{"code":"1"}']),
    '525d0c20431832a53c4a71c4f383df2b62c48584edd4491c14d751fb45b8f847',
  );
  assert.equal(signMessage('', ['{}']), '');
});

test('what is encoded is decoded, whatever the content', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.uint8Array(), fc.string({ minLength: 1 }), (value, buffer, key) => {
      const message = createMessage('execute_request', {
        session: 's',
        content: { value: JSON.parse(JSON.stringify(value)) },
        identities: [Buffer.from('me')],
        buffers: [buffer],
      });
      const back = decode(bytes(encode(message, key)), key);
      assert.deepEqual(back.content, message.content);
      assert.deepEqual(back.header, message.header);
      assert.deepEqual([...back.buffers[0]!], [...buffer]);
      assert.equal(Buffer.from(back.identities[0]!).toString(), 'me');
    }),
  );
});

test('a changed part, another key or a missing signature is refused', () => {
  const frames = bytes(encode(createMessage('x', { session: 's', content: { a: 1 } }), 'key'));
  assert.throws(() => decode(frames, 'other'), SignatureError);
  const changed = [...frames];
  changed[5] = Buffer.from('{"a":2}');
  assert.throws(() => decode(changed, 'key'), SignatureError);
  const unsigned = [...frames];
  unsigned[1] = Buffer.from('');
  assert.throws(() => decode(unsigned, 'key'), SignatureError);
});

test('frames that are no message are named as such', () => {
  assert.throws(() => decode([Buffer.from('a')], ''), MalformedMessageError);
  assert.throws(() => decode(bytes(['<IDS|MSG>', '', '{}', '{}']), ''), MalformedMessageError);
  assert.throws(() => decode(bytes(['<IDS|MSG>', '', '{', '{}', '{}', '{}']), ''), /not JSON/);
  assert.throws(() => decode(bytes(['<IDS|MSG>', '', '[]', '{}', '{}', '{}']), ''), /not an object/);
});

test('a connection file is read back, readable by its owner alone, and a bad one says what is wrong', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'heed wire '));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'kernel.json');
  const connection = await createConnection();
  await writeConnectionFile(path, connection);
  assert.deepEqual(await readConnectionFile(path), connection);
  if (process.platform !== 'win32') assert.equal((await stat(path)).mode & 0o777, 0o600);
  await writeFile(path, '{"shell_port": 0}');
  await assert.rejects(readConnectionFile(path), /shell_port as a port number/);
  await writeFile(path, 'no');
  await assert.rejects(readConnectionFile(path), /is not JSON/);
  await assert.rejects(readConnectionFile(join(folder, 'none')), /cannot be read/);
});

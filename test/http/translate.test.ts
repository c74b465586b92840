/** Pieces of the translation, each by itself: paths, queries, Accept, JSON's errors, the terminal, compression of SPDY. */
import { describe, expect, test } from 'vitest'
import { JsonTextError, parseJsonText } from '../../src/api/json-text.ts'
import { queryOf } from '../../src/apiserver/request-query.ts'
import { parseResourcePath, verbOf } from '../../src/apiserver/resource-path.ts'
import { decodeDocument } from '../../src/http/bodies.ts'
import { LineDiscipline } from '../../src/http/line-discipline.ts'
import { negotiate } from '../../src/http/media-types.ts'
import { HttpWire, replyBytes } from '../../src/http/port-forward/http-wire.ts'
import { DICTIONARY, SpdyConnection } from '../../src/http/port-forward/spdy.ts'
import { decodeProtobuf, ProtobufError } from '../../src/http/protobuf/decode.ts'

test.each([
  ['/api/v1/pods', { group: '', version: 'v1', resource: 'pods' }],
  ['/api/v1/namespaces/a', { group: '', version: 'v1', resource: 'namespaces', name: 'a' }],
  ['/api/v1/namespaces/a/finalize', { group: '', version: 'v1', resource: 'namespaces', name: 'a', subresource: 'finalize' }],
  ['/api/v1/namespaces/a/pods/p/log', { group: '', version: 'v1', resource: 'pods', namespace: 'a', name: 'p', subresource: 'log' }],
  ['/apis/apps/v1/namespaces/a/deployments', { group: 'apps', version: 'v1', resource: 'deployments', namespace: 'a' }],
  ['/api/v1/watch/namespaces/a/pods', { group: '', version: 'v1', resource: 'pods', namespace: 'a', watch: true }],
  [
    '/api/v1/namespaces/a/services/s:80/proxy/x/y',
    { group: '', version: 'v1', resource: 'services', namespace: 'a', name: 's:80', subresource: 'proxy', rest: '/x/y' },
  ],
  ['/api/v1/namespaces/a%2Fb/pods', { group: '', version: 'v1', resource: 'pods', namespace: 'a/b' }],
])('path %s', (path, expected) => {
  expect(parseResourcePath(path)).toEqual({ rest: '', watch: false, ...expected })
})

test.each(['/', '/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/version', '/api/v1/%zz'])('%s is no resource', (path) => {
  expect(parseResourcePath(path)).toBeUndefined()
})

test.each([
  ['GET', '/api/v1/pods', false, 'list'],
  ['GET', '/api/v1/pods', true, 'watch'],
  ['GET', '/api/v1/namespaces/a/pods/p', false, 'get'],
  ['GET', '/api/v1/namespaces/a/pods/p/log', true, 'get'],
  ['DELETE', '/api/v1/namespaces/a/pods', false, 'deletecollection'],
  ['TRACE', '/api/v1/pods', false, undefined],
])('%s %s (watch %s) is %s', (method, path, watching, verb) => {
  expect(verbOf(method, parseResourcePath(path)!, watching)).toBe(verb)
})

test('queries are converted as Go converts them', () => {
  expect(queryOf(new URLSearchParams('limit=5&labelSelector=a%3Db&allowWatchBookmarks=1&tailLines=3&follow=true'), 'list')).toEqual({
    limit: 5,
    labelSelector: 'a=b',
    allowWatchBookmarks: true,
    options: { tailLines: 3, follow: true },
  })
  expect(() => queryOf(new URLSearchParams('limit=x'), 'list')).toThrow('strconv.ParseInt: parsing "x": invalid syntax')
  expect(() => queryOf(new URLSearchParams('fieldValidation=Never'), 'create')).toThrow(
    'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Never": supported values: "", "Ignore", "Strict", "Warn"',
  )
})

test.each([
  ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'table'],
  ['application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json', 'object'],
  ['application/vnd.kubernetes.protobuf, */*', 'object'],
  ['application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', 'metadata'],
])('Accept: %s', (header, view) => {
  expect(negotiate(header).view).toBe(view)
})

test('what cannot be spoken is not acceptable', () => {
  expect(() => negotiate('application/vnd.kubernetes.protobuf')).toThrow(
    'only the following media types are accepted: application/json, application/yaml',
  )
})

describe("JSON errors in Go's words", () => {
  test.each([
    ['{"kind":', 'unexpected end of JSON input'],
    ['', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a":1}x', "invalid character 'x' after top-level value"],
    ['{"a":tru1}', "invalid character '1' in literal true (expecting 'e')"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['{"a":"\u0001"}', "invalid character '\\u0001' in string literal"],
  ])('%s', (text, message) => {
    expect(() => parseJsonText(text)).toThrow(new JsonTextError(message))
  })
  test('depth costs no stack', () => {
    expect(() => parseJsonText('['.repeat(200_000))).toThrow(JsonTextError)
  })
})

test('YAML bodies, and what is wrong with them', () => {
  const yaml = Buffer.from('kind: ConfigMap\ndata: {a: "1"}\n')
  expect(decodeDocument(yaml, 'application/yaml', 'ConfigMap').body).toEqual({ kind: 'ConfigMap', data: { a: '1' } })
  expect(() => decodeDocument(Buffer.from('a: b: c'), 'application/yaml', 'ConfigMap')).toThrow("couldn't get version/kind; yaml: ")
  expect(decodeDocument(Buffer.from('{"a":1,"a":2}'), 'application/json', 'ConfigMap').duplicates).toEqual(['a'])
})

test('the terminal echoes, erases and ends lines', () => {
  const terminal = new LineDiscipline()
  expect(terminal.input('lx\u007fs\r')).toEqual([
    { echo: 'l' },
    { echo: 'x' },
    { echo: '\b \b' },
    { echo: 's' },
    { echo: '\r\n' },
    { line: 'ls\n' },
  ])
  expect(terminal.input('\u001b[A\u0004')).toEqual([{ eof: true }])
  expect(terminal.input('ab\u0003')).toContainEqual({ interrupt: true })
  expect(terminal.input('one two\u0017\r').at(-1)).toEqual({ line: 'one \n' })
  expect(terminal.output('a\nb\r\n')).toBe('a\r\nb\r\n')
})

describe('protobuf', () => {
  const field = (number: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
  const text = (number: number, value: string): Buffer => field(number, Buffer.from(value))
  const envelope = (kind: string, raw: Buffer): Buffer =>
    Buffer.concat([Buffer.from('k8s\0'), field(1, Buffer.concat([text(1, 'v1'), text(2, kind)])), field(2, raw)])
  test('an object as JSON would have had it; zero fields that no pointer holds are left out', () => {
    const metadata = field(1, Buffer.concat([text(1, 'a'), text(2, ''), field(8, Buffer.alloc(0))]))
    const entry = field(2, Buffer.concat([text(1, 'k'), text(2, 'v')]))
    expect(decodeProtobuf(envelope('ConfigMap', Buffer.concat([metadata, entry])))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { k: 'v' },
    })
  })
  test.each([
    ['no prefix', Buffer.from('{}')],
    ['cut off', envelope('ConfigMap', text(1, 'abcdef')).subarray(0, 20)],
    ['an unknown field', envelope('ConfigMap', text(15, 'x'))],
    ['an unknown kind', envelope('Nothing', text(1, 'x'))],
  ])('%s is refused', (_name, bytes) => {
    expect(() => decodeProtobuf(bytes)).toThrow(ProtobufError)
  })
})

test('the dictionary of SPDY/3 is the one both ends know', () => {
  let a = 1
  let b = 0
  for (const byte of DICTIONARY) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  expect([DICTIONARY.length, b * 65_536 + a]).toEqual([1423, 0xe3c6a7c2])
})

test('pings are answered, frames cut anywhere are put together', async () => {
  const sent: Buffer[] = []
  const nothing = (): void => undefined
  const spdy = new SpdyConnection((bytes) => sent.push(bytes), { opened: nothing, data: nothing, ended: nothing, reset: nothing })
  const ping = Buffer.from([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 9])
  await spdy.receive(ping.subarray(0, 5))
  await spdy.receive(ping.subarray(5))
  expect(sent).toEqual([ping])
  spdy.close()
})

test('HTTP on a forwarded port, in pieces', () => {
  const wire = new HttpWire()
  expect(wire.receive(Buffer.from('POST /a HTTP/1.1\r\nHost: x:80\r\nContent-Le'))).toEqual([])
  const [got] = wire.receive(Buffer.from('ngth: 2\r\n\r\nokGET'))
  expect(got).toMatchObject({ close: false, request: { method: 'POST', path: '/a', host: 'x', body: 'ok' } })
  expect(wire.receive(Buffer.from(' / HTTP/1.0\r\n\r\n'))).toMatchObject([{ close: true }])
  expect(() => wire.receive(Buffer.from([0x16, 3, 1]))).toThrow('only plain HTTP/1.1')
  expect(replyBytes({ status: 200, headers: {}, body: 'é' }, 'GET', true).toString()).toBe(
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\né',
  )
})

/** Node.js scripts as containers run them: what they print, serve, wait for, and how they end. */
import { describe, expect, test } from 'vitest'
import { node } from '../../src/programs/node-js/index.ts'
import { type FakeProcess, FakeWorld, filesOf } from './fake-world.ts'

function script(
  text: string,
  more: { env?: Record<string, string>; memoryBytes?: number; world?: FakeWorld; ip?: string; name?: string } = {},
): { world: FakeWorld; it: FakeProcess } {
  const world = more.world ?? new FakeWorld()
  const it = world.start(node, more.name ?? 'app', more.ip ?? '10.0.0.2', {
    argv: ['node', '/app/server.js'],
    env: more.env ?? { WHO: 'ana' },
    files: filesOf({
      '/app/server.js': text,
      '/app/lib/tools.js': 'let n = 0\nmodule.exports = { double: (x) => x * 2, up() { return ++n } }\n',
      '/etc/motd': 'one\ntwo\n',
    }),
    ...(more.memoryBytes !== undefined && { limits: { memoryBytes: more.memoryBytes } }),
  })
  world.pass(0)
  return { world, it }
}
const lines = (text: string): string[] => script(text).it.log.trimEnd().split('\n')

describe('the language', () => {
  test.each([
    [
      'numbers and texts',
      "console.log(7 / 2, 2 ** 10, 7 % 3, '5' * 2, '5' + 2, 0.1 + 0.2, `a${1 + 1}b`, 'abc'.toUpperCase().slice(1))",
      '3.5 1024 1 10 52 0.30000000000000004 a2b BC',
    ],
    [
      'values',
      "console.log([1, 'a', null], { a: 1, 'b-c': [true] }, undefined, [], {}, -0, () => 1, 'x')",
      "[ 1, 'a', null ] { a: 1, 'b-c': [ true ] } undefined [] {} -0 [Function (anonymous)] x",
    ],
    [
      'lists',
      'const a = [3, 1, 2]\na.push(0)\nconsole.log(a.sort(), a.map((x) => x * 2).filter((x) => x > 0).join("-"), a.reduce((s, x) => s + x, 0), a.includes(2), a.length, [...a, 9])',
      '[ 0, 1, 2, 3 ] 2-4-6 6 true 4 [ 0, 1, 2, 3, 9 ]',
    ],
    [
      'patterns of targets',
      'const { a, b: { c = 5 } = {}, ...rest } = { a: 1, d: 2 }\nconst [x, , y = 3, ...z] = [1, 2, undefined, 4]\nlet p = 1, q = 2;\n[p, q] = [q, p]\nconsole.log(a, c, rest, x, y, z, p, q)',
      '1 5 { d: 2 } 1 3 [ 4 ] 2 1',
    ],
    [
      'functions',
      'function f(a, b = a + 1, ...c) { return [a, b, c] }\nconst g = (x) => ({ x })\nconsole.log(f(1), f(1, 5, 6, 7), g(2), hoisted())\nfunction hoisted() { return "up" }',
      '[ 1, 2, [] ] [ 1, 5, [ 6, 7 ] ] { x: 2 } up',
    ],
    [
      'closures of loops',
      'const fns = []\nfor (let i = 0; i < 3; i++) fns.push(() => i)\nfor (const k of ["a", "b"]) fns.push(() => k)\nconsole.log(fns.map((f) => f()).join(""))',
      '012ab',
    ],
    [
      'classes',
      "class A { n = 1; static kind = 'k'; constructor(x) { this.x = x } show() { return `${this.n}${this.x}` } }\nclass B extends A { constructor() { super(5); this.y = 6 } show() { return 'b' + super.show() } }\nconst b = new B()\nconsole.log(b.show(), b instanceof A, A.kind, b)",
      'b15 true k B { n: 1, x: 5, y: 6 }',
    ],
    [
      'exceptions',
      "class Own extends Error { constructor(m) { super(m); this.name = 'Own' } }\ntry { throw new Own('x') } catch (e) { console.log(e.name, e.message, e instanceof Own, e instanceof Error) } finally { console.log('last') }",
      'Own x true true\nlast',
    ],
    [
      'control',
      "let s = ''\nfor (const k in { a: 1, b: 2 }) s += k\nlet i = 0\ndo { i++ } while (i < 3)\nswitch (i) { case 1: s += 'no'; break; case 3: s += 'three'; default: s += '!' }\nouter: {}\n".replace(
        'outer: {}\n',
        '',
      ) +
        'while (true) { if (i++ > 5) break; else continue }\nconsole.log(s, i, i > 5 ? "big" : "small", null ?? "nothing", undefined?.x, typeof s)',
      'abthree! 7 big nothing undefined string',
    ],
    [
      'json, maps and dates',
      'const m = new Map([["a", 1]])\nm.set("b", 2)\nconsole.log(JSON.stringify({ a: [1, "x"], b: undefined }), JSON.parse(\'{"q": [1]}\').q[0], [...m.keys()], m.get("b"), new Set([1, 1]).size, new Date(0).toISOString())',
      '{"a":[1,"x"]} 1 [ \'a\', \'b\' ] 2 1 1970-01-01T00:00:00.000Z',
    ],
    [
      'modules, files, environment',
      "const { double, up } = require('./lib/tools')\nconst fs = require('fs')\nup()\nfs.writeFileSync('/tmp/x', 'hi')\nconsole.log(double(4), require('./lib/tools').up(), fs.readFileSync('/etc/motd', 'utf8').split('\\n').length, fs.existsSync('/no'), process.env.WHO, process.env.NO || 'none', fs.readFileSync('/tmp/x').toString())",
      '8 2 3 false ana none hi',
    ],
    [
      'patterns',
      "console.log(/^a(\\d+)/.test('a12'), 'a-b_c'.replace(/[-_]/g, ' '), 'x12y'.match(/\\d+/)[0], 'a,b;c'.split(/[,;]/))",
      "true a b c 12 [ 'a', 'b', 'c' ]",
    ],
    ['formats', "console.log('%s is %d years', 'ana', 42, { more: 1 })", 'ana is 42 years { more: 1 }'],
  ])('%s', (_, text, out) => expect(lines(text).join('\n')).toBe(out))

  test('async functions, promises and timers run in their order', () => {
    const { world, it } = script(`
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
async function work(name, ms) { console.log('begin', name); await sleep(ms); console.log('end', name); return ms }
async function main() {
  const [a, b] = await Promise.all([work('a', 2000), work('b', 1000)])
  console.log(a + b)
  try { await Promise.reject(new Error('no')) } catch (e) { console.log(e.message) }
  await sleep(10).then(() => { throw new Error('chained') }).catch((e) => console.log(e.message)).finally(() => console.log('finally'))
}
main()
console.log('after')
`)
    world.pass(5_000)
    expect(it.log.trim().split('\n')).toEqual(['begin a', 'begin b', 'after', 'end b', 'end a', '3000', 'no', 'chained', 'finally'])
    expect(it.exitCode).toBe(0)
  })
})

describe('its end', () => {
  test.each([
    ['by itself', "console.log('hi')", 0, 'hi'],
    ['process.exit', 'process.exit(3)', 3, ''],
    [
      'a thrown error',
      'function main() {\n  throw new Error("bad")\n}\nmain()',
      1,
      '/app/server.js:2\n  throw new Error("bad")\n^\n\nError: bad\n    at main (/app/server.js:2)\n    at Object.<anonymous> (/app/server.js:4)\n\nNode.js v22.20.0',
    ],
    ['a rejection nobody looks at', 'async function f() { throw new TypeError("lost") }\nf()', 1, 'TypeError: lost'],
    ['undefined', 'const a = {}\na.b.c', 1, "TypeError: Cannot read properties of undefined (reading 'c')"],
    ['no function', 'const a = {}\na.start()', 1, 'TypeError: start is not a function'],
    ['a name that is none', 'consle.log(1)', 1, 'ReferenceError: consle is not defined'],
    ['a missing package', "require('express')", 1, "Error: Cannot find module 'express'\nRequire stack:\n- /app/server.js"],
    ['no JavaScript', 'const a = ;', 1, "SyntaxError: Unexpected token ';'"],
    ['recursion without end', 'const f = () => f()\nf()', 1, 'RangeError: Maximum call stack size exceeded'],
  ])('%s', (_, text, code, said) => {
    const { it } = script(text)
    expect([it.exitCode, it.log]).toEqual([code, expect.stringContaining(said) as string])
  })
  test.each([
    ['generators', 'const a = 1\nfunction* f() {}', 'line 2: generators'],
    ['a module of Node that is not here', "const net = require('net')", 'line 1: the module net'],
    ['private members', 'class A {\n  #x = 1\n}', 'line 2: private members'],
  ])('what is not simulated is said with its line: %s', (_, text, said) => {
    const { it } = script(text)
    expect(it.log).toContain(`clusterlab: /app/server.js, ${said} is not simulated by this lab's JavaScript`)
    expect(it.exitCode).toBe(1)
  })
})

const SERVER = `
const http = require('http')
const port = process.env.PORT || 3000
let hits = 0
const server = http.createServer(async (req, res) => {
  if (req.url === '/healthz') { res.writeHead(200, { 'Content-Type': 'text/plain' }); return res.end('ok') }
  if (req.url === '/slow') { await new Promise((r) => setTimeout(r, 2000)); return res.end('slow') }
  if (req.url === '/hang') return
  if (req.url === '/spin') while (true) {}
  if (req.url === '/boom') throw new Error('boom')
  if (req.method === 'POST') {
    let body = ''
    req.on('data', (chunk) => (body += chunk))
    req.on('end', () => { res.statusCode = 201; res.end('got ' + body) })
    return
  }
  hits++
  res.setHeader('Content-Type', 'application/json')
  res.end(JSON.stringify({ hits, agent: req.headers['user-agent'] }))
})
server.listen(port, () => console.log(\`listening on \${port}\`))
process.on('SIGTERM', () => { console.log('closing'); server.close(() => process.exit(0)) })
`

describe('a server', () => {
  test('answers, counts, takes its time', () => {
    const { world, it } = script(SERVER)
    expect(it.log).toContain('listening on 3000')
    expect(world.http('app', 3000, '/', { headers: { 'user-agent': 't' } })).toMatchObject({ status: 200, body: '{"hits":1,"agent":"t"}' })
    expect(world.http('app', 3000, '/').body).toContain('"hits":2')
    expect(world.http('app', 3000, '/x', { method: 'POST', body: 'abc' })).toMatchObject({ status: 201, body: 'got abc' })
    expect(world.http('app', 3000, '/slow').latencyMs).toBeGreaterThan(2_000)
    expect(world.http('app', 3000, '/hang', {}, 1_000).failure).toBe('timeout')
    expect(world.http('app', 3000, '/healthz').body).toBe('ok')
  })
  test('a request that changes nothing writes nothing', () => {
    const { world, it } = script(SERVER)
    const before = it.state
    world.http('app', 3000, '/healthz')
    expect(it.state).toBe(before)
  })
  test('that computes without end answers nobody any more, and lives', () => {
    const { world, it } = script(SERVER)
    expect(world.http('app', 3000, '/spin', {}, 1_000).failure).toBe('timeout')
    expect(world.http('app', 3000, '/healthz', {}, 1_000).failure).toBe('timeout')
    expect(it.alive).toBe(true)
  })
  test('whose handler fails dies of it', () => {
    const { world, it } = script(SERVER)
    world.http('app', 3000, '/boom', {}, 1_000)
    expect(it.exitCode).toBe(1)
    expect(it.log).toContain('Error: boom')
  })
  test('closes in order when it is told to, and only if it listens for that', () => {
    const { world, it } = script(SERVER)
    it.signal('TERM')
    world.pass(10)
    expect([it.log.includes('closing'), it.exitCode]).toEqual([true, 0])
    const deaf = script(SERVER.replace('SIGTERM', 'SIGUSR2'))
    deaf.it.signal('TERM')
    expect(deaf.it.alive).toBe(true)
  })
  test('a port that is taken is an error', () => {
    const { it } = script(`const http = require('http')\nhttp.createServer(() => {}).listen(80, () => console.log('up'))\n`)
    expect(it.log).toContain('up')
  })
})

describe('clients', () => {
  const ask = (world: FakeWorld, text: string): string => {
    const { it } = script(text, { world, ip: '10.0.0.9', name: 'client' })
    world.pass(10_000)
    return it.log.trim()
  }
  test('fetch', () => {
    const { world } = script(SERVER)
    expect(ask(world, "fetch('http://app:3000/').then((r) => r.json()).then((j) => console.log(j.hits))")).toBe('1')
    expect(
      ask(world, "(async () => { const r = await fetch('http://app:3000/healthz'); console.log(r.status, r.ok, await r.text()) })()"),
    ).toBe('200 true ok')
    expect(ask(world, "fetch('http://app:81/').catch((e) => console.log(e.message, e.cause.code))")).toBe('fetch failed ECONNREFUSED')
    expect(ask(world, "fetch('http://nobody/')")).toContain('TypeError: fetch failed')
  })
  test('http.get', () => {
    const { world } = script(SERVER)
    const text = (url: string): string =>
      `const http = require('http')\nhttp.get('${url}', (res) => { let d = ''; res.on('data', (c) => d += c); res.on('end', () => console.log(res.statusCode, d)) }).on('error', (e) => console.log(e.message))`
    expect(ask(world, text('http://app:3000/healthz'))).toBe('200 ok')
    expect(ask(world, text('http://nobody:1/'))).toBe('getaddrinfo ENOTFOUND nobody')
  })
})

test('memory grows with what is kept until the limit ends it', () => {
  const { world, it } = script(
    'const kept = []\nsetInterval(() => { kept.push(Buffer.alloc(20 * 1024 * 1024)); console.log(kept.length) }, 1000)',
    { memoryBytes: 128 * 1024 * 1024 },
  )
  world.pass(3_500)
  expect(it.memoryBytes).toBeGreaterThan(95 * 1024 * 1024)
  world.pass(60_000)
  expect(it.oom).toBe(true)
})

test('the command line', () => {
  const { it } = script('setInterval(() => {}, 1000)')
  const run = (...argv: string[]): unknown => it.exec(node.commands![0]!, ['node', ...argv])
  expect(run('--version')).toMatchObject({ exitCode: 0, stdout: 'v22.20.0\n' })
  expect(run('-e', 'console.log(1 + 1)')).toMatchObject({ exitCode: 0, stdout: '2\n' })
  expect(run('-p', '[1, 2].length')).toMatchObject({ exitCode: 0, stdout: '2\n' })
  expect(run('-e', 'process.exit(7)')).toMatchObject({ exitCode: 7 })
  expect(it.exec(node.commands![1]!, ['npm', 'install']).stderr).toContain('no package registry')
})

test('the state is plain data: written down and read again it goes on', () => {
  const { world, it } = script('let n = 0\nsetInterval(() => console.log(++n), 1000)')
  for (let i = 0; i < 4; i++) {
    it.state = JSON.parse(JSON.stringify(it.state)) as unknown
    world.pass(1_000)
  }
  expect(it.log.trim().split('\n')).toEqual(['1', '2', '3', '4'])
})

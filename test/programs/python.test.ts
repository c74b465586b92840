/** Python scripts as containers run them: what they print, serve, wait for, and how they end. */
import { describe, expect, test } from 'vitest'
import { python } from '../../src/programs/python/index.ts'
import { type FakeProcess, FakeWorld, filesOf } from './fake-world.ts'

const UNBUFFERED = { PYTHONUNBUFFERED: '1' }
function script(
  text: string,
  more: { env?: Record<string, string>; memoryBytes?: number; world?: FakeWorld; ip?: string; name?: string } = {},
): { world: FakeWorld; it: FakeProcess } {
  const world = more.world ?? new FakeWorld()
  const it = world.start(python, more.name ?? 'app', more.ip ?? '10.0.0.2', {
    argv: ['python', '/app/main.py'],
    env: more.env ?? UNBUFFERED,
    files: filesOf({
      '/app/main.py': text,
      '/etc/motd': 'one\ntwo\n',
      '/app/tools.py': 'NAME = "tools"\ndef double(x):\n    return x * 2\n',
    }),
    ...(more.memoryBytes !== undefined && { limits: { memoryBytes: more.memoryBytes } }),
  })
  return { world, it }
}
const lines = (text: string): string[] => script(text).it.log.trimEnd().split('\n')

describe('the language', () => {
  test.each([
    [
      'numbers',
      'print(7 // 2, 7 / 2, -7 // 2, 2 ** 10, 7 % 3, -7 % 3, 1e3, 10 / 5, 0.1 + 0.2)',
      '3 3.5 -4 1024 1 2 1000.0 2.0 0.30000000000000004',
    ],
    [
      'texts',
      `print("a" + 'b' * 3, "x,y".split(","), "-".join(["a", "b"]), "Hello"[1:3], "Hello"[::-1], len("abc"))`,
      "abbb ['x', 'y'] a-b el olleH 3",
    ],
    [
      'f-strings',
      'n = 3.14159\nprint(f"{n:.2f} {n!r} {1 + 1:>4}| {\'x\'} {{}} {n=:.1f} {1234567:,}")',
      '3.14 3.14159    2| x {} n=3.1 1,234,567',
    ],
    ['old formats', 'print("%s has %d of %05.1f%%" % ("a", 2, 99.5), "{} {b} {0[0]}".format([1], b=2))', 'a has 2 of 099.5% [1] 2 1'],
    [
      'lists',
      'a = [3, 1, 2]\na.sort(reverse=True)\na.append(0)\nprint(a, sorted(a), a[-1], 2 in a, [x * x for x in a if x], sum(a), max(a))',
      '[3, 2, 1, 0] [0, 1, 2, 3] 0 True [9, 4, 1] 6 3',
    ],
    [
      'dictionaries',
      'd = {"a": 1}\nd["b"] = [2]\nprint(d, d.get("c", 0), {k: len(str(v)) for k, v in d.items()}, "a" in d, list(d))',
      "{'a': 1, 'b': [2]} 0 {'a': 1, 'b': 3} True ['a', 'b']",
    ],
    ['unpacking', 'a, *b = 1, 2, 3\n(c, d), e = (4, 5), 6\nprint(a, b, c, d, e, *b, sep="-")', '1-[2, 3]-4-5-6-2-3'],
    [
      'functions',
      'def f(a, b=2, *c, d=4, **e):\n    return a, b, c, d, e\nprint(f(1), f(1, 3, 5, d=6, g=7), (lambda x: x + 1)(1))',
      "(1, 2, (), 4, {}) (1, 3, (5,), 6, {'g': 7}) 2",
    ],
    [
      'closures',
      'def counter():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n    return up\nc = counter()\nc()\nprint(c())',
      '2',
    ],
    [
      'classes',
      'class A:\n    kind = "a"\n    def __init__(self, n):\n        self.n = n\n    def show(self):\n        return f"{self.kind}{self.n}"\nclass B(A):\n    kind = "b"\n    def __init__(self):\n        super().__init__(5)\n    def __str__(self):\n        return "<" + self.show() + ">"\nprint(B(), A(1).show(), isinstance(B(), A))',
      '<b5> a1 True',
    ],
    [
      'exceptions',
      'class Own(Exception):\n    pass\ntry:\n    try:\n        raise Own("x")\n    finally:\n        print("last", end=" ")\nexcept (KeyError, Own) as e:\n    print(type(e).__name__, e, end=" ")\nelse:\n    print("no")\ntry:\n    {}["k"]\nexcept KeyError as e:\n    print(e)',
      "last Own x 'k'",
    ],
    [
      'loops',
      'for i in range(10):\n    if i == 1:\n        continue\n    if i > 3:\n        break\n    print(i, end=" ")\nelse:\n    print("never")\nn = 3\nwhile n:\n    n -= 1\nelse:\n    print("done", n)',
      '0 2 3 done 0',
    ],
    [
      'return through finally',
      'def f():\n    for i in range(3):\n        try:\n            if i == 1:\n                return i\n        finally:\n            print("f", end=" ")\nprint(f())',
      'f f 1',
    ],
    [
      'files and environment',
      'import os\nwith open("/etc/motd") as f:\n    for line in f:\n        print(line.strip(), end=" ")\nopen("/tmp/x", "w").write("hi")\nprint(open("/tmp/x").read(), os.environ.get("NO", "none"), os.environ["PYTHONUNBUFFERED"], os.path.exists("/etc/no"))',
      'one two hi none 1 False',
    ],
    [
      'json',
      'import json\nprint(json.dumps({"a": [1, 2.0, None, True]}), json.loads(\'{"b": {"c": 1.5}}\')["b"]["c"])',
      '{"a": [1, 2.0, null, true]} 1.5',
    ],
    ['a module of its own', 'import tools\nfrom tools import double\nprint(tools.NAME, double(4), tools.double(1))', 'tools 8 2'],
    [
      'comparisons',
      'x = 5\nprint(1 < x <= 5, not x == 5, x if x > 9 else "less", None is None, [] or "empty", 0 and 1)',
      'True False less True empty 0',
    ],
    [
      'type hints and decorators',
      'def twice(f):\n    def g(*a):\n        return f(*a) * 2\n    return g\n@twice\ndef one(n: int = 1) -> int:\n    return n\nvalue: int = one()\nprint(value)',
      '2',
    ],
  ])('%s', (_, text, out) => expect(lines(text)).toEqual([out]))
})

describe('its end', () => {
  test.each([
    ['by itself', 'print("hi")', 0, 'hi'],
    ['sys.exit with a number', 'import sys\nsys.exit(3)', 3, ''],
    ['sys.exit with a text', 'import sys\nsys.exit("broken")', 1, 'broken'],
    [
      'an exception',
      'def main():\n    raise ValueError("bad")\nmain()',
      1,
      'Traceback (most recent call last):\n  File "/app/main.py", line 3, in <module>\n    main()\n  File "/app/main.py", line 2, in main\n    raise ValueError("bad")\nValueError: bad',
    ],
    ['a missing variable of the environment', 'import os\nos.environ["DB_HOST"]', 1, "KeyError: 'DB_HOST'"],
    ['a missing file', 'open("/no/file")', 1, "FileNotFoundError: [Errno 2] No such file or directory: '/no/file'"],
    ['a missing package', 'import requests', 1, "ModuleNotFoundError: No module named 'requests'"],
    ['division by zero', '1 / 0', 1, 'ZeroDivisionError: division by zero'],
    ['a name that is none', 'prnt("x")', 1, "NameError: name 'prnt' is not defined"],
    ['no Python', 'def f(:\n    pass', 1, 'SyntaxError: invalid syntax'],
    ['recursion without end', 'def f():\n    return f()\nf()', 1, 'RecursionError: maximum recursion depth exceeded'],
  ])('%s', (_, text, code, said) => {
    const { it } = script(text)
    expect([it.exitCode, it.log.includes(said)]).toEqual([code, true])
  })

  test.each([
    ['yield', 'x = 1\ndef f():\n    yield 1', 'line 3: yield'],
    ['a module of the library that is not here', 'import os\nimport subprocess', 'line 2: the module subprocess'],
    ['async', 'async def f():\n    pass', 'line 1: async'],
    ['eval', 'eval("1")', 'line 1: eval()'],
  ])('what is not simulated is said with its line: %s', (_, text, said) => {
    const { it } = script(text)
    expect(it.log).toContain(`clusterlab: /app/main.py, ${said} is not simulated by this lab's Python`)
    expect(it.exitCode).toBe(1)
  })
})

describe('time', () => {
  test('a loop that sleeps prints as time passes', () => {
    const { world, it } = script('import time\nn = 0\nwhile True:\n    n += 1\n    print("tick", n)\n    time.sleep(1)\n')
    expect(it.lines).toHaveLength(1)
    world.pass(10_500)
    expect(it.log.trimEnd().split('\n')).toHaveLength(11)
  })
  test('what is printed waits in a buffer unless it is told otherwise', () => {
    const text = 'import time\nwhile True:\n    print("tick")\n    time.sleep(1)\n'
    const { world, it } = script(text, { env: {} })
    world.pass(10_000)
    expect(it.lines).toEqual([])
    const flushed = script(text.replace('"tick"', '"tick", flush=True'), { env: {} })
    flushed.world.pass(3_500)
    expect(flushed.it.lines).toHaveLength(4)
  })
  test('a loop without end holds nobody up', () => {
    const { world, it } = script('n = 0\nwhile True:\n    n += 1\n')
    world.pass(20_000)
    expect(it.alive).toBe(true)
  })
  test('threads wait for themselves', () => {
    const { world, it } = script(
      'import threading, time\ndef work(name, s):\n    time.sleep(s)\n    print(name)\na = threading.Thread(target=work, args=("a", 2))\nb = threading.Thread(target=work, args=("b", 1))\na.start()\nb.start()\na.join()\nprint("end")\n',
    )
    world.pass(3_000)
    expect(it.log.trim().split('\n')).toEqual(['b', 'a', 'end'])
    expect(it.exitCode).toBe(0)
  })
})

describe('memory', () => {
  test('grows with what a script keeps until the limit ends it', () => {
    const { world, it } = script(
      'import time\nkept = []\nwhile True:\n    kept.append("x" * 10 * 1024 * 1024)\n    print(len(kept) * 10, "MiB")\n    time.sleep(1)\n',
      { memoryBytes: 100 * 1024 * 1024 },
    )
    world.pass(5_000)
    expect(it.memoryBytes).toBeGreaterThan(55 * 1024 * 1024)
    expect(it.oom).toBe(false)
    world.pass(60_000)
    expect(it.oom).toBe(true)
  })
  test('is given back when it is dropped', () => {
    const { world, it } = script('import time\nblock = bytearray(50 * 1024 * 1024)\ntime.sleep(1)\nblock = None\ntime.sleep(60)\n')
    expect(it.memoryBytes).toBeGreaterThan(50 * 1024 * 1024)
    world.pass(2_000)
    expect(it.memoryBytes).toBeLessThan(20 * 1024 * 1024)
  })
})

describe('signals', () => {
  test('process 1 does not hear TERM unless it has a handler; INT ends it', () => {
    const { world, it } = script('import time\ntime.sleep(1000)\n')
    it.signal('TERM')
    expect(it.alive).toBe(true)
    world.pass(10)
    it.signal('INT')
    expect(it.exitCode).toBe(130)
    expect(it.log).toContain('KeyboardInterrupt')
  })
  test('a handler ends it in order', () => {
    const { it } = script(
      'import signal, sys, time\ndef stop(number, frame):\n    print("got", number)\n    sys.exit(0)\nsignal.signal(signal.SIGTERM, stop)\ntry:\n    while True:\n        time.sleep(1)\nfinally:\n    print("cleaned up")\n',
    )
    it.signal('TERM')
    expect([it.log.trim(), it.exitCode]).toEqual(['got 15\ncleaned up', 0])
  })
  test('a handler that only sets a flag lets the wait go on', () => {
    const { world, it } = script(
      'import signal, time\nrunning = True\ndef stop(*_):\n    global running\n    running = False\nsignal.signal(signal.SIGTERM, stop)\nwhile running:\n    time.sleep(5)\nprint("done")\n',
    )
    world.pass(1_000)
    it.signal('TERM')
    expect(it.alive).toBe(true)
    world.pass(4_500)
    expect([it.log.trim(), it.exitCode]).toEqual(['done', 0])
  })
})

const SERVER = `from http.server import BaseHTTPRequestHandler, HTTPServer
import json, os, time
hits = 0
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        global hits
        hits += 1
        if self.path == "/slow":
            time.sleep(3)
        if self.path == "/boom":
            raise RuntimeError("boom")
        if self.path == "/healthz":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"hits": hits, "host": os.environ.get("HOSTNAME", "?"), "agent": self.headers.get("User-Agent")}).encode())
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(b"got " + body)
    def log_message(self, format, *args):
        print("request:", format % args)
if __name__ == "__main__":
    server = HTTPServer(("", 8080), Handler)
    print("listening")
    server.serve_forever()
`

describe('a server', () => {
  test('answers, counts, and says what it was asked', () => {
    const { world, it } = script(SERVER)
    expect(world.http('app', 8080, '/', { headers: { 'user-agent': 'test' } }).body).toBe('{"hits": 1, "host": "?", "agent": "test"}')
    expect(world.http('app', 8080, '/').headers['content-type']).toBe('application/json')
    expect(world.http('app', 8080, '/healthz')).toMatchObject({ status: 200, body: 'ok' })
    expect(world.http('app', 8080, '/x', { method: 'POST', body: 'abc' })).toMatchObject({ status: 201, body: 'got abc' })
    expect(world.http('app', 8080, '/', { method: 'PUT' }).status).toBe(501)
    expect(it.log).toContain('request: "GET / HTTP/1.1" 200 -')
  })
  test('takes its time, and lets the next one wait', () => {
    const { world } = script(SERVER)
    expect(world.http('app', 8080, '/slow').latencyMs).toBeGreaterThan(3_000)
    expect(world.http('app', 8080, '/healthz').latencyMs).toBeGreaterThan(3_000)
    world.pass(10_000)
    expect(world.http('app', 8080, '/healthz').latencyMs).toBeLessThan(100)
  })
  test('whose handler fails breaks the connection and goes on', () => {
    const { world, it } = script(SERVER)
    expect(world.http('app', 8080, '/boom').failure).toBe('reset')
    expect(it.log).toContain('RuntimeError: boom')
    expect(world.http('app', 8080, '/').status).toBe(200)
  })
  test('a request that changes nothing writes nothing', () => {
    const { world, it } = script(SERVER.replace('hits += 1', 'pass').replace('print("request:", format % args)', 'pass'))
    const before = it.state
    expect(world.http('app', 8080, '/').status).toBe(200)
    expect(it.state).toBe(before)
  })
  test('calls another by name, and says why it could not', () => {
    const world = new FakeWorld()
    script(SERVER, { world })
    const client =
      'import urllib.request, urllib.error\ntry:\n    with urllib.request.urlopen("http://NAME:PORT/healthz", timeout=2) as r:\n        print(r.status, r.read().decode())\nexcept urllib.error.URLError as e:\n    print("failed:", e.reason)\n'
    const say = (name: string, port: string): string => {
      const { it } = script(client.replace('NAME', name).replace('PORT', port), { world, ip: '10.0.0.9', name: 'client' })
      world.pass(3_000)
      return it.log.trim()
    }
    expect(say('app', '8080')).toBe('200 ok')
    expect(say('app', '80')).toBe('failed: [Errno 111] Connection refused')
    expect(say('nobody', '80')).toBe('failed: [Errno -2] Name or service not known')
  })
})

describe('the command line', () => {
  const run = (...argv: string[]): { exitCode: number; stdout?: string; stderr?: string } =>
    script('import time\ntime.sleep(1000)').it.exec(python.commands![0]!, ['python3', ...argv])
  test.each([
    [['--version'], 0, 'Python 3.13.7\n'],
    [['-c', 'print(1)'], 0, '1\n'],
    [['-c', 'import sys; print(sys.argv); sys.exit(4)', 'a'], 4, "['-c', 'a']\n"],
    [['/app/tools.py'], 0, ''],
  ])('%j', (argv, code, out) => expect(run(...argv)).toMatchObject({ exitCode: code, stdout: out }))
  test('an error is told on the error output', () => expect(run('-c', '1/0').stderr).toContain('ZeroDivisionError'))
  test('there is no package index', () =>
    expect(script('').it.exec(python.commands![1]!, ['pip', 'install', 'flask']).stderr).toContain('no package index'))

  test('-m http.server serves the files of a directory', () => {
    const world = new FakeWorld()
    const it = world.start(python, 'web', '10.0.0.2', {
      argv: ['python', '-m', 'http.server', '8080', '--directory', '/www'],
      files: filesOf({ '/www/index.html': 'hello', '/www/a/b.txt': 'b' }),
    })
    expect(it.log).toContain('Serving HTTP on 0.0.0.0 port 8080')
    expect(world.http('web', 8080, '/').body).toBe('hello')
    expect(world.http('web', 8080, '/a/').body).toContain('b.txt')
    expect(world.http('web', 8080, '/no').status).toBe(404)
    expect(it.log).toContain('"GET /no HTTP/1.1" 404 -')
  })
})

test('the state is plain data: written down and read again it goes on', () => {
  const { world, it } = script('import time\nclass C:\n    n = 0\nc = C()\nwhile True:\n    c.n += 1\n    print(c.n)\n    time.sleep(1)\n')
  for (let i = 0; i < 5; i++) {
    it.state = JSON.parse(JSON.stringify(it.state)) as unknown
    world.pass(1_000)
  }
  expect(it.log.trim().split('\n')).toEqual(['1', '2', '3', '4', '5', '6'])
})

/** mongosh: `--eval`, a file or its input, over the subset of JavaScript that script.ts reads. */
import type { ContainerCommand } from '../contract.ts'
import { readText } from '../text/files.ts'
import { Connection, ConnectionError, targetOf } from './connection.ts'
import { type Doc, isObject, type Json, MongoError } from './contract.ts'
import { inspect } from './inspect.ts'
import { type Chain, parseScript, ScriptError, type Step } from './script.ts'

/** What an expression stands for while it is walked along. */
type Value =
  | { readonly k: 'json'; readonly v: Json }
  | { readonly k: 'nothing' }
  | { readonly k: 'db'; readonly name: string }
  | { readonly k: 'rs' }
  | { readonly k: 'collection'; readonly db: string; readonly name: string }
  | { readonly k: 'cursor'; readonly db: string; readonly find: Doc }
  | { readonly k: 'method'; readonly of: Value; readonly name: string }
  | { readonly k: 'function'; readonly name: string }

interface Shell {
  readonly connection: Connection
  db: string
  out: string
  ended: boolean
}

const json = (v: Json): Value => ({ k: 'json', v })
const missing = (what: string): ScriptError => new ScriptError(`TypeError: ${what} is not a function, or not simulated by clusterlab`)

function evaluate({ root, steps }: Chain, shell: Shell): Value {
  let at: Value = root === 'db' ? { k: 'db', name: shell.db } : root === 'rs' ? { k: 'rs' } : { k: 'function', name: root }
  if (at.k === 'function' && !['print', 'printjson', 'quit', 'exit', 'EJSON', 'JSON'].includes(root))
    throw new ScriptError(`ReferenceError: ${root} is not defined`)
  for (const step of steps) at = walk(at, step, shell)
  return at
}

function walk(at: Value, step: Step, shell: Shell): Value {
  if (step.kind === 'name') return named(at, step.name, shell)
  if (step.kind === 'index') {
    const v = settled(at, shell)
    return json(Array.isArray(v) ? ((v as readonly Json[])[Number(step.at)] ?? null) : isObject(v) ? (v[String(step.at)] ?? null) : null)
  }
  const args = step.args.map((a): Json => (isChain(a) ? settled(evaluate(a, shell), shell) : a))
  if (at.k === 'function') return builtin(at.name, args, shell)
  if (at.k !== 'method') throw missing('this')
  return called(at.of, at.name, args, shell)
}

const isChain = (v: Json | Chain): v is Chain => typeof v === 'object' && v !== null && 'root' in v && 'steps' in v

function named(at: Value, name: string, shell: Shell): Value {
  if (at.k === 'json' || (at.k === 'cursor' && name === 'length')) {
    const v = settled(at, shell)
    if (name === 'length' && Array.isArray(v)) return json(v.length)
    if (isObject(v) && v[name] !== undefined) return json(v[name])
    if (Array.isArray(v) || typeof v === 'string') return { k: 'method', of: json(v), name }
    return { k: 'nothing' }
  }
  if (at.k === 'collection' && !COLLECTION.has(name)) return { ...at, name: `${at.name}.${name}` }
  if (at.k === 'db' && !DATABASE.has(name)) return { k: 'collection', db: at.name, name }
  return { k: 'method', of: at, name }
}

const DATABASE = new Set(
  'getSiblingDB getCollection getName adminCommand runCommand hello isMaster createUser dropDatabase getCollectionNames createCollection version serverStatus getMongo stats auth'.split(
    ' ',
  ),
)
const COLLECTION = new Set(
  'insertOne insertMany insert find findOne countDocuments estimatedDocumentCount count updateOne updateMany replaceOne deleteOne deleteMany drop createIndex aggregate distinct stats'.split(
    ' ',
  ),
)

function builtin(name: string, args: readonly Json[], shell: Shell): Value {
  if (name === 'quit' || name === 'exit') {
    shell.ended = true
    return { k: 'nothing' }
  }
  if (name !== 'print' && name !== 'printjson') throw missing(name)
  shell.out += `${args.map((a) => (typeof a === 'string' && name === 'print' ? a : inspect(a))).join(' ')}\n`
  return { k: 'nothing' }
}

function called(of: Value, name: string, args: readonly Json[], shell: Shell): Value {
  const run = (db: string, command: Doc): Doc => shell.connection.run(db, command)
  if (of.k === 'db') return onDatabase(of.name, name, args, run)
  if (of.k === 'rs') return json(onSet(name, args, run))
  if (of.k === 'collection') return onCollection(of.db, of.name, name, args, run)
  if (of.k === 'cursor') {
    if (name === 'toArray') return json(settled(of, shell))
    if (name === 'count' || name === 'size' || name === 'itcount') return json((settled(of, shell) as readonly Json[]).length)
    if (['sort', 'limit', 'skip'].includes(name) && of.find['find'] !== undefined)
      return { ...of, find: { ...of.find, [name]: args[0] ?? null } }
    if (name === 'pretty' || name === 'readPref') return of
  }
  if (of.k === 'json' && Array.isArray(of.v) && name === 'join') return json((of.v as readonly Json[]).join(String(args[0] ?? ',')))
  throw missing(name)
}

type Run = (db: string, command: Doc) => Doc
const object = (v: Json | undefined): Doc => (isObject(v) ? v : {})
const concern = (options: Json | undefined): Doc =>
  object(options)['writeConcern'] === undefined ? {} : { writeConcern: object(options)['writeConcern']! }

function onDatabase(db: string, name: string, [first]: readonly Json[], run: Run): Value {
  switch (name) {
    case 'getSiblingDB':
      return { k: 'db', name: String(first) }
    case 'getCollection':
      return { k: 'collection', db, name: String(first) }
    case 'getName':
      return json(db)
    case 'adminCommand':
    case 'runCommand': {
      const command = typeof first === 'string' ? { [first]: 1 } : object(first)
      return json(run(name === 'adminCommand' ? 'admin' : db, command))
    }
    case 'hello':
    case 'isMaster':
      return json(run(db, { hello: 1 }))
    case 'version':
      return json(run(db, { buildInfo: 1 })['version']!)
    case 'createUser': {
      const { user, ...rest } = object(first)
      return json(run(db, { createUser: user ?? '', ...rest }))
    }
    case 'dropDatabase': {
      const { dropped } = run(db, { dropDatabase: 1 })
      return json({ ok: 1, dropped: dropped! })
    }
    case 'getCollectionNames':
      return json(run(db, { listCollections: 1 })['names']!)
    default:
      throw missing(`db.${name}`)
  }
}

/** A write's answer; its errors are thrown as mongosh does. */
function acknowledged(reply: Doc): Doc {
  const [error] = (reply['writeErrors'] ?? []) as readonly Doc[]
  if (error !== undefined) throw new MongoError(Number(error['code']), '', String(error['errmsg']))
  const waited = reply['writeConcernError']
  if (isObject(waited)) throw new MongoError(Number(waited['code']), 'WriteConcern', String(waited['errmsg']))
  return reply
}

function onCollection(db: string, collection: string, name: string, [first, second, third]: readonly Json[], run: Run): Value {
  switch (name) {
    case 'insertOne': {
      const reply = acknowledged(run(db, { insert: collection, documents: [first ?? {}], ...concern(second) }))
      return json({ acknowledged: true, insertedId: (reply['ids'] as readonly Json[])[0]! })
    }
    case 'insertMany':
    case 'insert': {
      const reply = acknowledged(
        run(db, { insert: collection, documents: Array.isArray(first) ? first : [first ?? {}], ...concern(second) }),
      )
      return json({
        acknowledged: true,
        insertedIds: Object.fromEntries((reply['ids'] as readonly Json[]).map((id, i) => [String(i), id])),
      })
    }
    case 'find':
      return { k: 'cursor', db, find: { find: collection, filter: first ?? {}, ...(second !== undefined && { projection: second }) } }
    case 'aggregate':
      return { k: 'cursor', db, find: { aggregate: collection, pipeline: Array.isArray(first) ? first : [first ?? {}], cursor: {} } }
    case 'findOne': {
      const { cursor } = run(db, { find: collection, filter: first ?? {}, limit: 1, ...(second !== undefined && { projection: second }) })
      return json(((cursor as Doc)['firstBatch'] as readonly Json[])[0] ?? null)
    }
    case 'countDocuments':
    case 'estimatedDocumentCount':
    case 'count':
      return json(run(db, { count: collection, query: first ?? {} })['n']!)
    case 'updateOne':
    case 'updateMany':
    case 'replaceOne': {
      const u = { q: first ?? {}, u: second ?? {}, multi: name === 'updateMany', upsert: object(third)['upsert'] ?? false }
      const reply = acknowledged(run(db, { update: collection, updates: [u], ...concern(third) }))
      const upserted = reply['upserted'] ?? null
      return json({
        acknowledged: true,
        insertedId: upserted,
        matchedCount: reply['n']!,
        modifiedCount: reply['nModified']!,
        upsertedCount: upserted === null ? 0 : 1,
      })
    }
    case 'deleteOne':
    case 'deleteMany': {
      const reply = acknowledged(
        run(db, { delete: collection, deletes: [{ q: first ?? {}, limit: name === 'deleteOne' ? 1 : 0 }], ...concern(second) }),
      )
      return json({ acknowledged: true, deletedCount: reply['n']! })
    }
    case 'drop':
      return json(run(db, { drop: collection })['dropped']!)
    default:
      throw missing(`db.${collection}.${name}`)
  }
}

function onSet(name: string, [first]: readonly Json[], run: Run): Json {
  const reconfigure = (change: (members: readonly Doc[]) => readonly Doc[]): Json => {
    const config = run('admin', { replSetGetConfig: 1 })['config'] as Doc
    return run('admin', { replSetReconfig: { ...config, members: change(config['members'] as readonly Doc[]) } })
  }
  switch (name) {
    case 'initiate':
      return run('admin', { replSetInitiate: first ?? {} })
    case 'status':
      return run('admin', { replSetGetStatus: 1 })
    case 'conf':
    case 'config':
      return run('admin', { replSetGetConfig: 1 })['config']!
    case 'hello':
    case 'isMaster':
      return run('admin', { hello: 1 })
    case 'stepDown':
      return run('admin', { replSetStepDown: 60 })
    case 'add':
      return reconfigure((members) => [
        ...members,
        {
          _id: Math.max(-1, ...members.map((m) => Number(m['_id']))) + 1,
          priority: 1,
          ...(typeof first === 'string' ? { host: first } : object(first)),
        },
      ])
    case 'remove':
      return reconfigure((members) => members.filter((m) => m['host'] !== first))
    default:
      throw missing(`rs.${name}`)
  }
}

/** The value of what is not one yet: a cursor that was not read. */
function settled(at: Value, shell: Shell): Json {
  if (at.k === 'json') return at.v
  if (at.k === 'cursor') return (shell.connection.run(at.db, at.find)['cursor'] as Doc)['firstBatch']!
  if (at.k === 'collection') return `${at.db}.${at.name}`
  return at.k === 'db' ? at.name : null
}

/** `use x` and `show …` are no JavaScript. */
function helper(line: string, shell: Shell): boolean {
  const [, verb, what] = /^\s*(use|show)\s+(\w+)\s*;?\s*$/.exec(line) ?? []
  if (verb === undefined) return false
  if (verb === 'use') {
    shell.db = what!
    shell.out += `switched to db ${what}\n`
  } else {
    const list =
      what === 'dbs' || what === 'databases'
        ? shell.connection.run('admin', { listDatabases: 1 })
        : shell.connection.run(shell.db, { listCollections: 1 })
    shell.out += `${(list['names'] as readonly string[]).join('\n')}\n`
  }
  return true
}

function perform(text: string, shell: Shell): void {
  let code = ''
  let last: Value = { k: 'nothing' }
  const flush = (): void => {
    for (const chain of parseScript(code)) {
      if (shell.ended) return
      last = evaluate(chain, shell)
      // Cursors that nobody reads are not sent; all else has happened already.
    }
    code = ''
  }
  for (const line of text.split('\n')) {
    if (!/^\s*(use|show)\s+\w+\s*;?\s*$/.test(line)) code += `${line}\n`
    else {
      flush()
      helper(line, shell)
    }
  }
  flush()
  const shown = last as Value
  if (shown.k === 'nothing' || shell.ended) return
  const value = settled(shown, shell)
  shell.out += `${typeof value === 'string' ? value : inspect(value)}\n`
}

const VALUED: Readonly<Record<string, string>> = {
  '-u': 'username',
  '--username': 'username',
  '-p': 'password',
  '--password': 'password',
  '--host': 'host',
  '--port': 'port',
  '--authenticationDatabase': 'authdb',
  '--eval': 'eval',
  '-f': 'file',
  '--file': 'file',
}

export const mongosh: ContainerCommand = {
  executables: ['mongosh'],
  run({ argv, stdin, ctx }) {
    const given = new Map<string, string>()
    const words: string[] = []
    let quiet = false
    for (let i = 1; i < argv.length; i++) {
      const [head = '', joined] =
        argv[i]!.startsWith('--') && argv[i]!.includes('=')
          ? [argv[i]!.slice(0, argv[i]!.indexOf('=')), argv[i]!.slice(argv[i]!.indexOf('=') + 1)]
          : [argv[i]!]
      const name = VALUED[head]
      if (name !== undefined) given.set(name, joined ?? argv[++i] ?? '')
      else if (head === '--quiet') quiet = true
      else if (!head.startsWith('-')) words.push(head)
    }
    const target = targetOf(
      words.filter((w) => !w.endsWith('.js')),
      given,
    )
    const file = given.get('file') ?? words.find((w) => w.endsWith('.js'))
    const script = given.get('eval') ?? (file === undefined ? stdin() : readText(ctx.files, file))
    if (script === undefined) return { exitCode: 1, stderr: `Error: ENOENT: no such file or directory, open '${file}'\n` }
    const connection = new Connection(target, ctx)
    const shell: Shell = { connection, db: target.db, out: '', ended: false }
    try {
      const { version } = connection.run('admin', { buildInfo: 1 })
      if (!quiet) shell.out += `Connecting to:\t\t${target.uri}\nUsing MongoDB:\t\t${version}\n\n`
      perform(script, shell)
      return { exitCode: 0, stdout: shell.out }
    } catch (error) {
      if (error instanceof MongoError)
        return {
          exitCode: 1,
          stdout: shell.out,
          stderr: `MongoServerError${error.codeName === '' ? '' : `[${error.codeName}]`}: ${error.message}\n`,
        }
      if (error instanceof ConnectionError || error instanceof ScriptError)
        return { exitCode: 1, stdout: shell.out, stderr: `${error.message}\n` }
      throw error
    }
  },
}

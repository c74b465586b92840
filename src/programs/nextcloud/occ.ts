/** `occ`, Nextcloud's console: status, maintenance mode, system configuration, accounts, files. */
import type { ProcessContext } from '../contract.ts'
import { quoted, run } from './database.ts'
import { FileCache } from './file-cache.ts'
import { addUser, hashed, upgrade } from './install.ts'
import * as say from './messages.ts'
import type { PhpArray, PhpValue } from './php-array.ts'
import {
  CONFIG,
  codeVersion,
  compareVersions,
  isOn,
  readConfig,
  shortVersion,
  textAt,
  valueAt,
  withValue,
  writeConfig,
} from './settings.ts'

export interface Said {
  readonly exitCode: number
  readonly stdout?: string
  readonly stderr?: string
}

interface Call {
  readonly ctx: ProcessContext
  readonly config: PhpArray
  /** Words that are no options. */
  readonly words: readonly string[]
  readonly options: ReadonlyMap<string, string>
}

const told = (stdout: string, exitCode = 0): Said => ({ exitCode, stdout: `${stdout}\n` })
const broken = (error: string): Said => ({ exitCode: 1, stdout: `An unhandled exception has been thrown:\n${error}\n` })

type Command = (call: Call) => Said
/** Commands of an instance that is not installed, or in maintenance; others are unknown then. */
const CORE = new Set([
  'status',
  'maintenance:mode',
  'config:system:get',
  'config:system:set',
  'config:system:delete',
  'config:list',
  'upgrade',
  'list',
])

function status({ ctx, config, options }: Call): Said {
  const version = codeVersion(ctx.files) ?? '0.0.0.0'
  const values: Record<string, string | boolean> = {
    installed: isOn(config, 'installed'),
    version,
    versionstring: shortVersion(version),
    edition: '',
    maintenance: isOn(config, 'maintenance'),
    needsDbUpgrade: isOn(config, 'installed') && compareVersions(version, textAt(config, 'version', version)) > 0,
    productname: 'Nextcloud',
    extendedSupport: false,
  }
  if (options.get('output')?.startsWith('json')) return told(JSON.stringify(values))
  return told(
    Object.entries(values)
      .map(([k, v]) => `  - ${k}: ${v}`)
      .join('\n'),
  )
}

function maintenanceMode({ ctx, config, options }: Call): Said {
  const is = isOn(config, 'maintenance')
  if (options.has('on') || options.has('off')) {
    const wanted = options.has('on')
    if (wanted === is) return told(`Maintenance mode already ${wanted ? 'enabled' : 'disabled'}`)
    writeConfig(ctx.files, withValue(config, ['maintenance'], wanted))
    return told(`Maintenance mode ${wanted ? 'enabled' : 'disabled'}`)
  }
  return told(`Maintenance mode is currently ${is ? 'enabled' : 'disabled'}`)
}

const shown = (value: PhpValue): string =>
  typeof value === 'object' && value !== null
    ? Object.values(value).map(shown).join('\n')
    : typeof value === 'boolean'
      ? String(value)
      : String(value ?? 'null')

function systemGet({ config, words, options }: Call): Said {
  const value = valueAt(config, words)
  if (value === undefined) return options.has('default-value') ? told(options.get('default-value')!) : { exitCode: 1 }
  return told(shown(value))
}

function systemSet({ ctx, config, words, options }: Call): Said {
  const type = options.get('type') ?? 'string'
  const text = options.get('value')
  if (words.length === 0) return { exitCode: 1, stderr: '\n  Not enough arguments (missing: "name").\n\n' }
  if (text === undefined && type !== 'null') return told('Value argument is missing', 1)
  const typed: Record<string, () => PhpValue> = {
    string: () => text!,
    integer: () => Number.parseInt(text!, 10),
    double: () => Number.parseFloat(text!),
    float: () => Number.parseFloat(text!),
    boolean: () => text === 'true',
    null: () => null,
  }
  const make = typed[type]
  if (make === undefined) return told(`Invalid type "${type}"`, 1)
  if (type === 'boolean' && text !== 'true' && text !== 'false') return told('Unable to parse value as boolean', 1)
  writeConfig(ctx.files, withValue(config, words, make()))
  const readable = type === 'string' ? (text === '' ? 'empty string' : `string ${text}`) : `${type} ${text ?? ''}`.trim()
  return told(`System config value ${words.join(' => ')} set to ${readable}`)
}

function systemDelete({ ctx, config, words }: Call): Said {
  if (valueAt(config, words) === undefined)
    return told(`System config ${words.join(' => ')} could not be deleted because it did not exist`, 1)
  writeConfig(ctx.files, withValue(config, words, undefined))
  return told(`System config value ${words.join(' => ')} deleted`)
}

const SECRET = new Set(['dbpassword', 'dbuser', 'dbhost', 'dbname', 'passwordsalt', 'secret', 'instanceid', 'datadirectory'])
/** What PHP counts up from 0 is a list in JSON. */
const plain = (value: PhpValue): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Object.keys(value).every((k, i) => k === String(i))
      ? Object.values(value).map(plain)
      : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]))

function configList({ config, words, options }: Call): Said {
  if (words[0] !== undefined && words[0] !== 'system') return told('clusterlab: of config:list only `system` is simulated', 1)
  const values = Object.entries(config).map(([k, v]) => [
    k,
    SECRET.has(k) && !options.has('private') ? '***REMOVED SENSITIVE VALUE***' : plain(v),
  ])
  return told(JSON.stringify({ system: Object.fromEntries(values) }, null, 4))
}

function userAdd({ ctx, config, words, options }: Call): Said {
  const [uid] = words
  if (uid === undefined) return { exitCode: 1, stderr: '\n  Not enough arguments (missing: "uid").\n\n' }
  const password = options.has('password-from-env') ? (ctx.env['OC_PASS'] ?? ctx.env['NC_PASS'] ?? '') : undefined
  if (password === undefined) return told('Interactive input or --password-from-env is needed for entering a password!', 1)
  if (password === '') return told('--password-from-env given, but NC_PASS/OC_PASS is empty!', 1)
  const refused = addUser(config, ctx, uid, password, options.get('display-name') ?? '')
  if (refused === 'The Login is already being used') return told(`The account "${uid}" already exists.`, 1)
  return refused === undefined ? told(`The account "${uid}" was created successfully`) : told(`Error: ${refused}`, 1)
}

function userList({ ctx, config, options }: Call): Said {
  const done = run(config, ['SELECT uid, displayname FROM oc_users ORDER BY uid'], ctx)
  if (!done.ok) return broken(done.error)
  const users = done.rows[0]!.map((r) => [String(r['uid']), String(r['displayname'] || r['uid'])] as const)
  return options.get('output')?.startsWith('json')
    ? told(JSON.stringify(Object.fromEntries(users)))
    : told(users.map(([uid, name]) => `  - ${uid}: ${name}`).join('\n'))
}

function userReset({ ctx, config, words, options }: Call): Said {
  const q = (v: string): string => quoted(config, v)
  const password = options.has('password-from-env') ? (ctx.env['OC_PASS'] ?? ctx.env['NC_PASS'] ?? '') : ''
  if (password === '') return told('Interactive input or --password-from-env is needed for entering a new password!', 1)
  const done = run(
    config,
    [
      `SELECT uid FROM oc_users WHERE uid = ${q(words[0] ?? '')}`,
      `UPDATE oc_users SET password = ${q(hashed(password))} WHERE uid = ${q(words[0] ?? '')}`,
    ],
    ctx,
  )
  if (!done.ok) return broken(done.error)
  return done.rows[0]!.length > 0 ? told(`Successfully reset password for ${words[0]}`) : told('User does not exist', 1)
}

function userDelete({ ctx, config, words }: Call): Said {
  const q = quoted(config, words[0] ?? '')
  const done = run(config, [`SELECT uid FROM oc_users WHERE uid = ${q}`, `DELETE FROM oc_users WHERE uid = ${q}`], ctx)
  if (!done.ok) return broken(done.error)
  return done.rows[0]!.length > 0 ? told('The specified user was deleted') : told('User does not exist', 1)
}

const COLUMNS = ['Folders', 'Files', 'New', 'Updated', 'Removed', 'Errors', 'Elapsed time']

/** Makes the cache say what lies on the disk. */
function filesScan({ ctx, config, words, options }: Call): Said {
  const all = run(config, ['SELECT uid FROM oc_users ORDER BY uid'], ctx)
  if (!all.ok) return broken(all.error)
  const known = all.rows[0]!.map((r) => String(r['uid']))
  const users = options.has('all') ? known : words
  if (users.length === 0) return told('Please specify the user id to scan, --all to scan for all users or --path=...', 1)
  const counts = [0, 0, 0, 0, 0, 0]
  let out = ''
  for (const [i, uid] of users.entries()) {
    if (!known.includes(uid)) {
      out += `Unknown user ${i + 1} ${uid}\n`
      continue
    }
    out += `Starting scan for user ${i + 1} out of ${users.length} (${uid})\n`
    const home = new FileCache(config, uid)
    const before = run(config, [home.all()], ctx)
    if (!before.ok) return broken(before.error)
    const rows = new Map(before.rows[0]!.map((r) => [String(r['path']), r]))
    const disk = home.onDisk(ctx.files)
    const sql: string[] = []
    for (const [path, found] of disk) {
      counts[found.kind === 'directory' ? 0 : 1]!++
      const row = rows.get(path)
      if (row === undefined) counts[2]!++
      else if (found.kind === 'file' && (Number(row['size']) !== found.size || Number(row['mtime']) !== Math.floor(found.mtimeMs / 1000)))
        counts[3]!++
      else continue
      sql.push(...home.note(path, found.kind, found.size, found.mtimeMs))
    }
    for (const path of rows.keys()) {
      if (disk.has(path)) continue
      counts[4]!++
      sql.push(...home.forget(path))
    }
    const noted = sql.length === 0 ? before : run(config, sql, ctx)
    if (!noted.ok) return broken(noted.error)
  }
  const cells = [...counts.map(String), '00:00:00'].map((c, i) => c.padEnd(COLUMNS[i]!.length))
  const rule = `+${COLUMNS.map((c) => '-'.repeat(c.length + 2)).join('+')}+`
  return told(`${out}${rule}\n| ${COLUMNS.join(' | ')} |\n${rule}\n| ${cells.join(' | ')} |\n${rule}`)
}

function runUpgrade({ ctx, config }: Call): Said {
  const latest = textAt(config, 'version') === codeVersion(ctx.files)
  const { lines, ok } = upgrade(ctx)
  return told(lines.join('\n'), ok ? (latest ? 3 : 0) : 1)
}

const COMMANDS: Readonly<Record<string, Command>> = {
  status,
  'maintenance:mode': maintenanceMode,
  'config:system:get': systemGet,
  'config:system:set': systemSet,
  'config:system:delete': systemDelete,
  'config:list': configList,
  'user:add': userAdd,
  'user:list': userList,
  'user:delete': userDelete,
  'user:resetpassword': userReset,
  'files:scan': filesScan,
  upgrade: runUpgrade,
}

/** Options whose value may stand in the next word. */
const VALUED = new Set(['value', 'type', 'output', 'display-name', 'group', 'path', 'default-value'])

function parsed(args: readonly string[]): { words: string[]; options: Map<string, string> } {
  const words: string[] = []
  const options = new Map<string, string>()
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (!arg.startsWith('-') || arg === '-') words.push(arg)
    else if (arg.startsWith('--')) {
      const at = arg.indexOf('=')
      const name = at < 0 ? arg.slice(2) : arg.slice(2, at)
      options.set(name, at < 0 ? (VALUED.has(name) ? (args[++i] ?? '') : '') : arg.slice(at + 1))
    }
  }
  return { words, options }
}

/** Runs the console with these arguments as the user `uid`. */
export function occ(args: readonly string[], ctx: ProcessContext, uid: number): Said {
  const owner = ctx.files.stat(CONFIG)?.uid
  if (owner !== undefined && owner !== uid) return { exitCode: 1, stdout: say.occAsOther(uid, owner) }
  const config = readConfig(ctx.files)
  if (config === undefined) return { exitCode: 255, stdout: `PHP Parse error:  syntax error in ${CONFIG}\n` }
  const { words, options } = parsed(args)
  const [name = 'list', ...rest] = words
  const limited = !isOn(config, 'installed')
    ? say.OCC_NOT_INSTALLED
    : isOn(config, 'maintenance')
      ? say.OCC_MAINTENANCE
      : compareVersions(codeVersion(ctx.files) ?? '', textAt(config, 'version')) > 0
        ? say.OCC_UPGRADE
        : undefined
  const stderr = limited ?? ''
  const version = shortVersion(codeVersion(ctx.files) ?? '')
  if (name === 'list')
    return {
      exitCode: 0,
      stderr,
      stdout: `Nextcloud ${version}\n\nAvailable commands (of those that clusterlab simulates):\n${Object.keys(COMMANDS)
        .map((c) => `  ${c}\n`)
        .join('')}`,
    }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) return { exitCode: 1, stderr: `${stderr}clusterlab: occ ${name} is not simulated\n` }
  if (limited !== undefined && !CORE.has(name)) return { exitCode: 1, stderr: `${stderr}\n  Command "${name}" is not defined.\n\n` }
  const done = command({ ctx, config, words: rest, options })
  return stderr === '' ? done : { ...done, stderr: stderr + (done.stderr ?? '') }
}

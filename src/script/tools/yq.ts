/** yq(1), mikefarah's v4: jq's language over YAML documents, comments kept where a document is changed in place. */
import { type Document, isMap, isSeq, parseAllDocuments, stringify, visit } from 'yaml'
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { readInputs } from './files-in.ts'
import { parseJson, revive } from './jq-functions.ts'
import { type Jq, JqError, parseJq } from './jq-parse.ts'
import { JqMachine } from './jq-run.ts'
import { isObject, print, same, type Value } from './jq-values.ts'
import { parseOptions } from './options.ts'

const yqDefinitions =
  'def with(p; f): p |= f; def sort_keys(f): f |= (if type == "object" then to_entries | sort_by(.key) | from_entries else . end); def from_yaml: fromjson; def to_json: tojson; def to_number: tonumber; def to_string: tostring; def collect(f): [f];'

const yamlOptions = { lineWidth: 0, indentSeq: true } as const

interface Source {
  readonly document: Document | undefined
  readonly value: Value
  readonly file: number
  readonly index: number
}

interface Settings {
  readonly json: boolean
  readonly fromJson: boolean
  readonly raw: boolean
  readonly indent: number
  readonly separators: boolean
  readonly exitStatus: boolean
}

/** yq's own spellings as jq: `env(X)`, `strenv(X)`, `documentIndex`, `ireduce`. */
function translate(source: string): string {
  return source
    .replace(/\bstrenv\(\s*(\w+)\s*\)/g, '$$ENV["$1"]')
    .replace(
      /\benv\(\s*(\w+)\s*\)/g,
      '($$ENV["$1"] | (try fromjson catch .) as $$__v | (if $$__v == null then $$ENV["$1"] else $$__v end))',
    )
    .replace(/\b(?:documentIndex|document_index|di)\b(?!\s*:)/g, '$$__documentIndex')
    .replace(/\b(?:fileIndex|file_index|fi)\b(?!\s*:)/g, '$$__fileIndex')
    .replace(/\bfilename\b/g, '$$__filename')
    .replace(/\*[+d?n]+(?=\s)/g, '*')
}

/** An anchor whose value contains itself is refused, as yq does. */
function revived(document: Document): Value {
  try {
    return revive((document.toJS({ maxAliasCount: 100 }) ?? null) as Value)
  } catch (error) {
    if (error instanceof RangeError) throw new JqError("bad file '-': yaml: an anchor's value contains itself")
    throw error
  }
}

function documents(ctx: ToolContext, text: string, settings: Settings, file: number): Source[] {
  // YAML is read, copied and written at about half a letter a microsecond.
  ctx.charge?.(text.length)
  if (settings.fromJson) return [{ document: undefined, value: parseJson(text), file, index: 0 }]
  const all = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false })
  if (!Array.isArray(all)) return []
  return all.map((document, index) => {
    const error = document.errors[0]
    if (error !== undefined) throw new JqError(`bad file '-': yaml: ${error.message}`)
    let nodes = 0
    visit(document as unknown as Document, () => {
      if (++nodes > 50_000) throw new JqError('yaml: document contains excessive aliasing')
      return undefined
    })
    return {
      document: document as unknown as Document,
      value: revived(document as unknown as Document),
      file,
      index,
    }
  })
}

/** Changes a document until it says `next`; what is the same keeps its comments and style. */
function reconcile(document: Document, path: (string | number)[], old: Value, next: Value): void {
  if (same(old, next)) return
  const node = path.length === 0 ? document.contents : document.getIn(path, true)
  if (isObject(old) && isObject(next) && isMap(node)) {
    for (const key of Object.keys(old)) if (!Object.hasOwn(next, key)) document.deleteIn([...path, key])
    for (const key of Object.keys(next)) {
      if (Object.hasOwn(old, key)) reconcile(document, [...path, key], old[key]!, next[key]!)
      else document.setIn([...path, key], document.createNode(plain(next[key]!)))
    }
    return
  }
  if (Array.isArray(old) && Array.isArray(next) && isSeq(node)) {
    for (let i = old.length - 1; i >= next.length; i--) document.deleteIn([...path, i])
    next.forEach((item, i) => {
      if (i < old.length) reconcile(document, [...path, i], old[i]!, item)
      else document.addIn(path, document.createNode(plain(item)))
    })
    return
  }
  if (path.length === 0) document.contents = document.createNode(plain(next)) as typeof document.contents
  else document.setIn(path, isObject(next) || Array.isArray(next) ? document.createNode(plain(next)) : next)
}

/** Records with ordinary prototypes, which the YAML library expects. */
function plain(v: Value): unknown {
  if (Array.isArray(v)) return v.map(plain)
  return isObject(v) ? Object.fromEntries(Object.entries(v).map(([key, value]) => [key, plain(value)])) : v
}

/** Whether a program changes its input and gives the whole of it back. */
function changesWhole(tree: Jq): boolean {
  if (tree.t === 'identity' || tree.t === 'assign') return true
  if (tree.t === 'define') return changesWhole(tree.rest)
  if (tree.t === 'pipe') return changesWhole(tree.left) && changesWhole(tree.right)
  return tree.t === 'call' && ['del', 'with', 'sort_keys', 'walk', 'with_entries', 'map_values', 'select'].includes(tree.name)
}

function show(value: Value, source: Source | undefined, whole: boolean, settings: Settings): string {
  if (settings.json)
    return settings.raw && typeof value === 'string'
      ? `${value}\n`
      : `${print(value, { indent: ' '.repeat(settings.indent), sorted: false })}\n`
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' && settings.raw ? `${value}\n` : stringify(value, yamlOptions)
  if (whole && source?.document !== undefined) {
    const copy = source.document.clone() as Document
    reconcile(copy, [], source.value, value)
    return copy.toString({ ...yamlOptions, indent: settings.indent })
  }
  return stringify(plain(value), { ...yamlOptions, indent: settings.indent })
}

function evaluate(
  tree: Jq,
  sources: readonly Source[],
  ctx: ToolContext,
  settings: Settings,
  together: boolean,
): { pieces: string[]; last: Value | undefined } {
  const whole = changesWhole(tree)
  const pieces: string[] = []
  let last: Value | undefined
  const values = [...sources]
  const run = (source: Source | undefined, value: Value) => {
    const machine = new JqMachine(
      { next: () => undefined, env: ctx.env, nowSeconds: ctx.now() / 1000 },
      { __documentIndex: source?.index ?? 0, __fileIndex: source?.file ?? 0, __filename: '' },
    )
    for (const out of machine.run(tree, value)) {
      last = out
      pieces.push(show(out, source, whole, settings))
    }
  }
  if (together)
    run(
      undefined,
      values.map(({ value }) => value),
    )
  else if (sources.length === 0) run(undefined, null)
  else for (const source of sources) run(source, source.value)
  return { pieces, last }
}

/** `eval-all` merges: the two idioms that yq's manual teaches, as a fold over all documents. */
function togetherProgram(source: string): string {
  if (/^\.\s+as\s+\$\w+\s+ireduce\s*\(\s*\{\}\s*;\s*\.\s*\*[+d?n]*\s*\$\w+\s*\)$/.test(source.trim()))
    return 'reduce .[] as $item ({}; . * $item)'
  if (/^select\(\s*(?:fileIndex|fi)\s*==\s*0\s*\)\s*\*[+d?n]*\s*select\(\s*(?:fileIndex|fi)\s*==\s*1\s*\)$/.test(source.trim()))
    return '.[0] * .[1]'
  if (/^\[\s*\.\s*\]$/.test(source.trim())) return '.'
  throw new JqError(
    'eval-all is simulated for merging (`. as $item ireduce ({}; . * $item)`, `select(fi == 0) * select(fi == 1)`) and `[.]` only',
  )
}

function command(ctx: ToolContext): ToolResult {
  const { given, words, error } = parseOptions(
    ctx.argv.map((word) => word.replace(/^-([opI])=/, '-$1')),
    'irPnNo:p:jI:CMe',
    {
      inplace: 'i',
      'unwrap-scalar': 'r',
      prettyPrint: 'P',
      'null-input': 'n',
      'no-doc': 'N',
      'output-format': 'o=',
      'input-format': 'p=',
      tojson: 'j',
      indent: 'I=',
      colors: 'C',
      'no-colors': 'M',
      'exit-status': 'e',
      expression: 'E=',
    },
  )
  if (error !== undefined) return { exitCode: 1, stderr: `Error: ${error}` }
  const rest = [...words]
  const verb = ['e', 'eval', 'ea', 'eval-all'].includes(rest[0] ?? '') ? rest.shift()! : 'e'
  const together = verb.startsWith('ea') || verb === 'eval-all'
  const format = given.get('o') ?? (given.has('j') ? 'json' : 'yaml')
  if (!/^(?:json|j|yaml|y|auto|a)$/.test(format))
    return { exitCode: 1, stderr: `Error: output format '${format}' is not simulated: use yaml or json\n` }
  const settings: Settings = {
    json: format.startsWith('j'),
    fromJson: /^j/.test(given.get('p') ?? ''),
    raw: given.get('r') !== 'false',
    indent: Number(given.get('I') ?? 2),
    separators: !given.has('N'),
    exitStatus: given.has('e'),
  }
  const source =
    given.get('E') ??
    (rest.length > 0 && (rest.length > 1 || given.has('n') || ctx.files.stat(ctx.path(rest[0]!))?.kind !== 'file') ? rest.shift()! : '.')
  const tree = parseJq(`${yqDefinitions} ${together ? togetherProgram(source) : translate(source)}`)
  if (given.has('i')) return inPlace(ctx, tree, rest, settings)
  const { inputs, errors } = given.has('n') ? { inputs: [], errors: '' } : readInputs(ctx, rest, 'yq')
  if (errors !== '')
    return {
      exitCode: 1,
      stderr: errors.replace(/^yq: (.*?): (.*)$/gm, (_, name: string, why: string) => `Error: open ${name}: ${why.toLowerCase()}`),
    }
  const sources = inputs.flatMap(({ text }, file) => documents(ctx, text, settings, file))
  const { pieces, last } = evaluate(tree, sources, ctx, settings, together)
  const scalars = pieces.every((piece) => !piece.includes(':') && piece.split('\n').length <= 2)
  const separate =
    settings.separators && !settings.json && !together && sources.length > 1 && (!scalars || sources.length === pieces.length)
  const exitCode = settings.exitStatus && (last === undefined || last === null || last === false) ? 1 : 0
  return { exitCode, stdout: pieces.join(separate ? '---\n' : ''), ...(exitCode === 1 ? { stderr: 'Error: no matches found\n' } : {}) }
}

function inPlace(ctx: ToolContext, tree: Jq, names: readonly string[], settings: Settings): ToolResult {
  if (names.length === 0)
    return { exitCode: 1, stderr: 'Error: write in place flag only applicable when giving an expression and at least one file\n' }
  for (const name of names) {
    const path = ctx.path(name)
    const stat = ctx.files.stat(path)
    if (stat === undefined) return { exitCode: 1, stderr: `Error: open ${name}: no such file or directory\n` }
    const { pieces } = evaluate(tree, documents(ctx, ctx.files.read(path), settings, 0), ctx, settings, false)
    ctx.files.write(path, pieces.join('---\n'))
  }
  return {}
}

export const yq: Tool = {
  names: ['yq'],
  run(ctx) {
    try {
      return command(ctx)
    } catch (error) {
      if (error instanceof JqError || error instanceof ReferenceError) return { exitCode: 1, stderr: `Error: ${error.message}\n` }
      throw error
    }
  },
}

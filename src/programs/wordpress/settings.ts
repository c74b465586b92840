/** What WordPress reads from wp-config.php and its environment. Read anew when used; parsing is pure and kept by text. */
import type { ProcessContext } from '../contract.ts'
import { fileEnv } from '../text/context.ts'
import { readText } from '../text/files.ts'

export const ROOT = '/var/www/html'

export interface WordPressConfig {
  readonly host: string
  readonly user: string
  readonly password: string
  readonly name: string
  readonly prefix: string
  readonly debug: boolean
  /** `define('WP_HOME', …)`. */
  readonly home?: string
}

/** A value as wp-config.php has it: a text, or a variable with its default. */
type Source = { readonly text: string } | { readonly variable: string; readonly otherwise: string }
const configs = new Map<string, ReadonlyMap<string, Source>>()

const VALUE = String.raw`(?:'([^']*)'|"([^"]*)"|(true|false|\d+)|getenv_docker\(\s*['"](\w+)['"]\s*,\s*['"]([^'"]*)['"]\s*\)|!!\s*getenv_docker\(\s*['"](\w+)['"]\s*,\s*['"]([^'"]*)['"]\s*\))`

function parsed(text: string): ReadonlyMap<string, Source> {
  const known = configs.get(text)
  if (known !== undefined) return known
  const out = new Map<string, Source>()
  const put = (name: string, m: RegExpMatchArray): void => {
    const [, , a, b, c, variable, otherwise, variable2, otherwise2] = m
    if (out.has(name)) return
    if (variable ?? variable2) out.set(name, { variable: (variable ?? variable2)!, otherwise: otherwise ?? otherwise2 ?? '' })
    else out.set(name, { text: a ?? b ?? c ?? '' })
  }
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*(\/\/|#).*$/gm, '')
  for (const m of code.matchAll(new RegExp(String.raw`define\(\s*['"](\w+)['"]\s*,\s*${VALUE}\s*\)`, 'g'))) put(m[1]!, m)
  for (const m of code.matchAll(new RegExp(String.raw`(\$table_prefix)\s*=\s*${VALUE}\s*;`, 'g'))) put('$table_prefix', m)
  if (configs.size > 200) configs.clear()
  configs.set(text, out)
  return out
}

/** The database settings in force; undefined when there is no wp-config.php. */
export function readWordPressConfig(ctx: ProcessContext): WordPressConfig | undefined {
  const text = readText(ctx.files, `${ROOT}/wp-config.php`)
  if (text === undefined) return undefined
  const values = parsed(text)
  const get = (name: string, otherwise = ''): string => {
    const source = values.get(name)
    if (source === undefined) return otherwise
    return 'text' in source ? source.text : (fileEnv(ctx, source.variable) ?? source.otherwise)
  }
  const extra = ctx.env['WORDPRESS_CONFIG_EXTRA'] ?? ''
  const fromExtra = (name: string): string | undefined => {
    const source = extra === '' ? undefined : parsed(extra).get(name)
    return source !== undefined && 'text' in source ? source.text : undefined
  }
  const home = values.has('WP_HOME') ? get('WP_HOME') : fromExtra('WP_HOME')
  const debug = get('WP_DEBUG')
  return {
    host: get('DB_HOST', 'localhost'),
    user: get('DB_USER'),
    password: get('DB_PASSWORD'),
    name: get('DB_NAME'),
    prefix: get('$table_prefix', 'wp_'),
    debug: debug !== '' && debug !== '0' && debug !== 'false',
    ...(home !== undefined && { home }),
  }
}

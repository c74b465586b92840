/** Expressions, loosest first. */
import type { Expr, TableName } from './ast.ts'
import type { Word } from './lex.ts'
import type { Words } from './words.ts'

export function expression(w: Words): Expr {
  let a = and(w)
  while (w.take('OR') || (w.dialect.hashComments && w.take('||'))) a = { k: 'binary', op: 'OR', a, b: and(w) }
  return a
}

function and(w: Words): Expr {
  let a = not(w)
  while (w.take('AND') || w.take('&&')) a = { k: 'binary', op: 'AND', a, b: not(w) }
  return a
}

function not(w: Words): Expr {
  return w.take('NOT') || w.take('!') ? { k: 'unary', op: 'NOT', a: not(w) } : comparison(w)
}

const negated = (is: boolean, e: Expr): Expr => (is ? { k: 'unary', op: 'NOT', a: e } : e)

function comparison(w: Words): Expr {
  const a = sum(w)
  for (const op of ['<=>', '<>', '!=', '<=', '>=', '=', '<', '>'])
    if (w.take(op)) return { k: 'binary', op: op === '!=' ? '<>' : op, a, b: sum(w) }
  if (w.take('IS')) {
    const no = w.take('NOT')
    if (w.take('TRUE') || w.take('FALSE')) w.fail(1)
    w.need('NULL')
    return { k: 'null', a, not: no }
  }
  const no = w.take('NOT')
  for (const op of ['LIKE', 'ILIKE']) if (w.take(op)) return negated(no, { k: 'binary', op, a, b: sum(w) })
  if (w.take('IN')) {
    w.need('(')
    return { k: 'in', a, list: w.closed(() => w.list(() => expression(w))), not: no }
  }
  if (w.take('BETWEEN')) {
    const low = sum(w)
    w.need('AND')
    return negated(no, { k: 'binary', op: 'AND', a: { k: 'binary', op: '>=', a, b: low }, b: { k: 'binary', op: '<=', a, b: sum(w) } })
  }
  if (no) w.fail()
  return a
}

function sum(w: Words): Expr {
  let a = product(w)
  for (;;) {
    if (w.take('+')) a = { k: 'binary', op: '+', a, b: product(w) }
    else if (w.take('-')) a = { k: 'binary', op: '-', a, b: product(w) }
    else if (!w.dialect.hashComments && w.take('||')) a = { k: 'binary', op: '||', a, b: product(w) }
    else return a
  }
}

function product(w: Words): Expr {
  let a = unary(w)
  for (;;) {
    if (w.take('*')) a = { k: 'binary', op: '*', a, b: unary(w) }
    else if (w.take('/')) a = { k: 'binary', op: '/', a, b: unary(w) }
    else if (w.take('%')) a = { k: 'binary', op: '%', a, b: unary(w) }
    else return a
  }
}

export function unary(w: Words): Expr {
  let e = simple(w)
  while (w.take('::')) e = { k: 'cast', a: e, type: typeName(w) }
  return e
}

function simple(w: Words): Expr {
  if (w.take('-')) return { k: 'unary', op: '-', a: unary(w) }
  if (w.take('(')) return w.closed(() => expression(w))
  if (w.take('*')) return { k: 'star' }
  const word = w.any()
  if (word === undefined) return w.fail()
  if (word.kind === 'number') return { k: 'value', v: Number(word.text) }
  if (word.kind === 'string') return { k: 'value', v: word.text }
  if (word.kind === 'variable') return { k: 'variable', name: word.text }
  if (word.kind === 'mark') return w.fail(1)
  return named(w, word)
}

const RESERVED = /^(FROM|WHERE|ORDER|LIMIT|GROUP|AND|OR|SELECT|VALUES|SET)$/
/** Functions that are called without parentheses. */
const BARE = new Set(['CURRENT_TIMESTAMP', 'CURRENT_USER', 'CURRENT_DATE', 'SESSION_USER', 'CURRENT_DATABASE'])

function named(w: Words, word: Word): Expr {
  const upper = word.text.toUpperCase()
  if (word.kind === 'name') {
    if (upper === 'NULL') return { k: 'value', v: null }
    if (upper === 'TRUE' || upper === 'FALSE') return { k: 'value', v: w.dialect.truth(upper === 'TRUE') }
    if (upper === 'CAST' && w.take('(')) {
      const a = expression(w)
      w.need('AS')
      return { k: 'cast', a, type: w.closed(() => typeName(w)) }
    }
    if (BARE.has(upper) && !w.is('(')) return { k: 'call', name: upper, args: [] }
    if (w.take('(')) return call(w, upper)
    if (RESERVED.test(upper)) return w.fail(1)
  }
  if (!w.take('.')) return { k: 'column', name: word.text }
  if (w.take('*')) return { k: 'star' }
  const name = w.name()
  return w.take('(') ? call(w, name.toUpperCase()) : { k: 'column', table: word.text, name }
}

/** The parenthesis is open. */
function call(w: Words, name: string): Expr {
  const distinct = w.take('DISTINCT')
  const args = w.closed(() => (w.is(')') ? [] : w.list(() => expression(w))))
  return { k: 'call', name, args, ...(distinct && { distinct }) }
}

/** `int`, `varchar(20)`, `timestamp with time zone`, `text[]`. */
export function typeName(w: Words): string {
  let type = w.name().toLowerCase()
  if (w.take('VARYING')) type += ' varying'
  else if (w.take('PRECISION')) type += ' precision'
  if (w.take('(')) type += `(${w.closed(() => w.list(() => w.any()!.text)).join(',')})`
  if (w.take('WITH', 'TIME', 'ZONE')) type += ' with time zone'
  else if (w.take('WITHOUT', 'TIME', 'ZONE')) type += ' without time zone'
  while (w.take('[')) {
    w.need(']')
    type += '[]'
  }
  return type
}

const NO_ALIAS =
  /^(WHERE|ORDER|LIMIT|GROUP|SET|VALUES|VALUE|SELECT|ON|IDENTIFIED|LIKE|TO|FROM|INNER|LEFT|RIGHT|JOIN|HAVING|UNION|FOR|LOCK|OFFSET|RETURNING|CROSS|FULL|NATURAL|ADD|DROP|RENAME|ALTER|CASCADE|RESTRICT|RESTART|DEFAULT|USING)$/i

/** A table's name with what stands before it and its alias. */
export function tableName(w: Words): TableName {
  const first = w.name()
  const named: TableName = w.take('.') ? { database: first, table: w.name() } : { table: first }
  if (w.take('AS')) return { ...named, alias: w.name() }
  const { next } = w
  return next?.kind === 'name' && !NO_ALIAS.test(next.text) ? { ...named, alias: w.name() } : named
}

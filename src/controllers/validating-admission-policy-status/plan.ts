/**
 * Which expressions of a ValidatingAdmissionPolicy read fields that the kinds it is about have not (apiserver's TypeChecker). Fields alone
 * are looked at, not what is done with them; kinds of CRDs, which upstream checks too, are left out.
 */

import { kindSchema } from '../../api/definitions.ts'
import facts from '../../api/generated/resources.json' with { type: 'json' }
import type { ValidatingAdmissionPolicy } from '../../api/generated/types/admissionregistration-v1.ts'
import { apiVersionOf } from '../../api/meta.ts'
import type { Schema } from '../../api/schema.ts'
import { fieldPaths } from '../../kinds/cel/fields.ts'

/** No more kinds of one policy are checked (maxTypesToCheck). */
const MOST_KINDS = 10

interface KindName {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const kinds = facts as Readonly<Record<string, { readonly kind: string } | undefined>>

/** The kinds that rules name outright: a `*` stands for none. */
function kindsOf(policy: ValidatingAdmissionPolicy): readonly KindName[] {
  const found = new Map<string, KindName>()
  for (const rule of policy.spec?.matchConstraints?.resourceRules ?? [])
    for (const group of rule.apiGroups ?? [])
      for (const version of rule.apiVersions ?? [])
        for (const resource of rule.resources ?? []) {
          const kind = kinds[group === '' ? `${resource}.${version}` : `${resource}.${group}/${version}`]?.kind
          if (kind !== undefined) found.set(`${group}/${version}/${kind}`, { group, version, kind })
        }
  return [...found.values()].slice(0, MOST_KINDS)
}

/** The first field of a chain that the schema has not; its place in the text. */
function undefinedField(
  steps: readonly { readonly name: string; readonly at: number }[],
  root: Schema,
): { name: string; at: number } | undefined {
  let schema: Schema | undefined = root
  for (const step of steps) {
    if (schema?.properties === undefined || schema.preserveUnknown) return undefined
    schema = schema.properties[step.name]
    if (schema === undefined) return step
  }
  return undefined
}

/** As cel-go prints a fault: place, text, and a caret under it. */
function shown(text: string, at: number, message: string): string {
  const before = text.slice(0, at).split('\n')
  const column = before.at(-1)!.length
  return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${text.split('\n')[before.length - 1]}\n | ${'.'.repeat(column)}^`
}

function warningOf(text: string, of: readonly KindName[]): string | undefined {
  const paths = fieldPaths(text).filter((p) => p.root === 'object' || p.root === 'oldObject')
  const told = of.flatMap(({ group, version, kind }) => {
    const schema = kindSchema(group, version, kind)
    const faults = schema === undefined ? [] : paths.flatMap((p) => undefinedField(p.steps, schema) ?? [])
    if (faults.length === 0) return []
    const lines = faults.map((f) => shown(text, f.at, `undefined field '${f.name}'`)).join('\n')
    return [`${apiVersionOf(group, version)}, Kind=${kind}: ${lines}\n`]
  })
  return told.length === 0 ? undefined : told.join('\n')
}

export type ExpressionWarning = { readonly fieldRef: string; readonly warning: string }

export function expressionWarnings(policy: ValidatingAdmissionPolicy): readonly ExpressionWarning[] {
  const of = kindsOf(policy)
  const found: ExpressionWarning[] = []
  for (const [i, v] of (policy.spec?.validations ?? []).entries())
    for (const field of ['expression', 'messageExpression'] as const) {
      const warning = v[field] === undefined ? undefined : warningOf(v[field], of)
      if (warning !== undefined) found.push({ fieldRef: `spec.validations[${i}].${field}`, warning })
    }
  return found
}

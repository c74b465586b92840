/**
 * Validation of environment variables and where they come from (upstream's ValidateEnv and ValidateEnvFrom).
 */
import { type FieldError, invalid, required } from '../../../../api/errors.ts'
import type { EnvFromSource, EnvVar } from '../../../../api/generated/types/core-v1.ts'
import { configMapKeyErrors, dns1123SubdomainErrors, relaxedEnvVarNameErrors } from '../../../../api/names.ts'
import { checked } from '../../field-checks.ts'
import { envFieldPaths, fieldRefErrors, resourceFieldRefErrors } from './field-refs.ts'

interface KeySelector {
  name?: string
  key?: string
}

const keySelectorErrors = (selector: KeySelector, path: string): FieldError[] => [
  ...checked(`${path}.name`, selector.name ?? '', dns1123SubdomainErrors(selector.name ?? '')),
  ...(selector.key ? checked(`${path}.key`, selector.key, configMapKeyErrors(selector.key)) : [required(`${path}.key`)]),
]

function valueFromErrors(env: EnvVar, path: string): FieldError[] {
  const from = env.valueFrom
  if (!from) return []
  const found: FieldError[] = []
  let sources = 0
  const source = <T>(value: T | undefined, check: (value: T) => FieldError[]): void => {
    if (value === undefined || value === null) return
    sources++
    found.push(...check(value))
  }
  source(from.fieldRef, (ref) => fieldRefErrors(ref, envFieldPaths, `${path}.fieldRef`))
  source(from.resourceFieldRef, (ref) => resourceFieldRefErrors(ref, false, `${path}.resourceFieldRef`))
  source(from.configMapKeyRef, (ref) => keySelectorErrors(ref, `${path}.configMapKeyRef`))
  source(from.secretKeyRef, (ref) => keySelectorErrors(ref, `${path}.secretKeyRef`))
  source(from['fileKeyRef' as keyof typeof from] as unknown, () => [])
  if (sources === 0)
    found.push(invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'))
  else if (env.value) found.push(invalid(path, '', 'may not be specified when `value` is not empty'))
  else if (sources > 1) found.push(invalid(path, '', 'may not have more than one field specified at a time'))
  return found
}

export function envErrors(vars: readonly EnvVar[] | undefined, path: string): FieldError[] {
  return (vars ?? []).flatMap((env, i) => {
    const at = `${path}[${i}]`
    const name = env.name ? checked(`${at}.name`, env.name, relaxedEnvVarNameErrors(env.name)) : [required(`${at}.name`)]
    return [...name, ...valueFromErrors(env, `${at}.valueFrom`)]
  })
}

/** Upstream checks it as a prefix of a name: trailing dashes pass. */
function sourceNameErrors(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)]
  return checked(path, name, dns1123SubdomainErrors(name.replace(/-+$/, 'a')))
}

export function envFromErrors(sources: readonly EnvFromSource[] | undefined, path: string): FieldError[] {
  const found: FieldError[] = []
  for (const [i, from] of (sources ?? []).entries()) {
    const at = `${path}[${i}]`
    if (from.prefix) found.push(...checked(`${at}.prefix`, from.prefix, relaxedEnvVarNameErrors(from.prefix)))
    if (from.configMapRef) found.push(...sourceNameErrors(from.configMapRef.name, `${at}.configMapRef.name`))
    if (from.secretRef) found.push(...sourceNameErrors(from.secretRef.name, `${at}.secretRef.name`))
    const count = Number(!!from.configMapRef) + Number(!!from.secretRef)
    if (count === 0) found.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    if (count > 1) found.push(invalid(path, '', 'may not have more than one field specified at a time'))
  }
  return found
}

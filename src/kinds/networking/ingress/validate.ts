/**
 * What the API refuses in an Ingress, in the order and words of upstream's ValidateIngressSpec.
 */
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressTLS } from '../../../api/generated/types/networking-v1.ts'
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  isIp,
  portNameErrors,
  portNumberErrors,
  wildcardSubdomainErrors,
} from '../../../api/names.ts'
import { unsupported } from '../../core/field-checks.ts'

export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'
const forbiddenParts = ['//', '/./', '/../', '%2f', '%2F']
const forbiddenEnds = ['/..', '/.']

const hostNameErrors = (host: string): string[] => (host.includes('*') ? wildcardSubdomainErrors(host) : dns1123SubdomainErrors(host))

function resourceErrors(backend: NonNullable<IngressBackend['resource']>, path: string): FieldError[] {
  const found: FieldError[] = []
  if (backend.apiGroup) found.push(...dns1123SubdomainErrors(backend.apiGroup).map((m) => invalid(`${path}.apiGroup`, backend.apiGroup, m)))
  if (!backend.kind) found.push(required(`${path}.kind`, 'kind is required'))
  if (!backend.name) found.push(required(`${path}.name`, 'name is required'))
  return found
}

function backendErrors(backend: IngressBackend | undefined, path: string): FieldError[] {
  const { resource, service } = backend ?? {}
  if (resource !== undefined && service !== undefined) return [invalid(path, '', 'cannot set both resource and service backends')]
  if (resource !== undefined) return resourceErrors(resource, `${path}.resource`)
  if (service === undefined) return [invalid(path, '', 'resource or service backend is required')]
  const name = service.name ?? ''
  const { name: portName = '', number: portNumber = 0 } = service.port ?? {}
  const found =
    name === '' ? [required(`${path}.service.name`)] : dns1123LabelErrors(name).map((m) => invalid(`${path}.service.name`, name, m))
  if (portName !== '' && portNumber !== 0) found.push(invalid(path, '', 'cannot set both port name & port number'))
  else if (portName !== '') found.push(...portNameErrors(portName).map((m) => invalid(`${path}.service.port.name`, portName, m)))
  else if (portNumber !== 0) found.push(...portNumberErrors(portNumber).map((m) => invalid(`${path}.service.port.number`, portNumber, m)))
  else found.push(required(path, 'port name or number is required'))
  return found
}

function exactPathErrors(text: string, path: string): FieldError[] {
  const found: FieldError[] = []
  if (!text.startsWith('/')) found.push(invalid(path, text, 'must be an absolute path'))
  for (const part of forbiddenParts) if (text.includes(part)) found.push(invalid(path, text, `must not contain '${part}'`))
  for (const end of forbiddenEnds) if (text.endsWith(end)) found.push(invalid(path, text, `cannot end with '${end}'`))
  return found
}

function pathErrors(entry: HTTPIngressPath, path: string): FieldError[] {
  const text = entry.path ?? ''
  const found: FieldError[] = []
  switch (entry.pathType) {
    case undefined:
      return [required(`${path}.pathType`, 'pathType must be specified')]
    case 'Exact':
    case 'Prefix':
      found.push(...exactPathErrors(text, `${path}.path`))
      break
    case 'ImplementationSpecific':
      if (text !== '' && !text.startsWith('/')) found.push(invalid(`${path}.path`, text, 'must be an absolute path'))
      break
    default:
      found.push(unsupported(`${path}.pathType`, entry.pathType, ['Exact', 'ImplementationSpecific', 'Prefix']))
  }
  return [...found, ...backendErrors(entry.backend, `${path}.backend`)]
}

function ruleErrors(rule: IngressRule, path: string): FieldError[] {
  const found: FieldError[] = []
  const host = rule.host ?? ''
  if (host !== '') {
    if (isIp(host)) found.push(invalid(`${path}.host`, host, 'must be a DNS name, not an IP address'))
    else found.push(...hostNameErrors(host).map((m) => invalid(`${path}.host`, host, m)))
  }
  if (rule.http === undefined) return found
  const paths = rule.http.paths ?? []
  if (paths.length === 0) found.push(required(`${path}.http.paths`))
  return [...found, ...paths.flatMap((p, i) => pathErrors(p, `${path}.http.paths[${i}]`))]
}

function tlsErrors(tls: IngressTLS, path: string): FieldError[] {
  const found = (tls.hosts ?? []).flatMap((host, i) => hostNameErrors(host).map((m) => invalid(`${path}.hosts[${i}]`, host, m)))
  const secret = tls.secretName ?? ''
  return secret === '' ? found : [...found, ...dns1123SubdomainErrors(secret).map((m) => invalid(`${path}.secretName`, secret, m))]
}

export function validate(o: Ingress): FieldError[] {
  const spec = o.spec!
  const rules = spec.rules ?? []
  const found: FieldError[] = []
  if (rules.length === 0 && spec.defaultBackend === undefined)
    found.push(invalid('spec', null, 'either `defaultBackend` or `rules` must be specified'))
  if (spec.defaultBackend !== undefined) found.push(...backendErrors(spec.defaultBackend, 'spec.defaultBackend'))
  found.push(...rules.flatMap((r, i) => ruleErrors(r, `spec.rules[${i}]`)))
  found.push(...(spec.tls ?? []).flatMap((t, i) => tlsErrors(t, `spec.tls[${i}]`)))
  const name = spec.ingressClassName
  if (name !== undefined) found.push(...dns1123SubdomainErrors(name).map((m) => invalid('spec.ingressClassName', name, m)))
  const annotated = o.metadata.annotations?.[CLASS_ANNOTATION]
  if (annotated !== undefined && name !== undefined && o.metadata.resourceVersion === undefined)
    found.push(invalid(`metadata.annotations.${CLASS_ANNOTATION}`, annotated, 'can not be set when the class field is also set'))
  return found
}

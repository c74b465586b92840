/**
 * `kubectl set resources|serviceaccount|selector|subject`.
 */
import type { ApiObject } from '../../../api/meta.ts'
import { CommandError, throwAll } from '../../errors.ts'
import { teller } from '../../options.ts'
import { changeEach, containersNamed, noTemplate, podSpecOf, targets } from '../../pod-template.ts'
import { plainVerb } from '../../verb.ts'
import { labelSelectorObject, parseResourceList } from '../create/config.ts'

export const setResourcesVerb = plainVerb('kubectl set resources', (context) => {
  const { flags } = context
  const limitsText = flags.text('limits')
  const requestsText = flags.text('requests')
  if (limitsText === '' && requestsText === '')
    throw new CommandError('you must specify an update to requests or limits (in the form of --requests/--limits)')
  const limits = parseResourceList(limitsText)
  const requests = parseResourceList(requestsText)
  const tell = teller(context)
  changeEach(
    context,
    context.args,
    tell,
    { message: 'resource requirements updated', failure: 'failed to patch resources update to pod template ' },
    (info, copy) => {
      const spec = podSpecOf(info.kind, copy)
      if (spec === undefined) throw noTemplate(info)
      const containers = containersNamed({ ...spec, initContainers: [] }, flags.text('containers'))
      if (containers.length === 0) throw new CommandError(`unable to find container named ${flags.text('containers')}`)
      for (const container of containers) {
        container.resources = {
          ...container.resources,
          ...(limitsText === '' ? {} : { limits: { ...container.resources?.limits, ...limits } }),
          ...(requestsText === '' ? {} : { requests: { ...container.resources?.requests, ...requests } }),
        }
      }
    },
  )
  return 0
})

export const setServiceAccountVerb = plainVerb('kubectl set serviceaccount', (context) => {
  if (context.args.length === 0) throw new CommandError('serviceaccount is required')
  const name = context.args[context.args.length - 1]!
  const resources = context.args.slice(0, -1)
  const tell = teller(context)
  changeEach(
    context,
    resources,
    tell,
    { message: 'serviceaccount updated', failure: 'failed to patch ServiceAccountName ' },
    (info, copy) => {
      const spec = podSpecOf(info.kind, copy)
      if (spec === undefined) throw noTemplate(info)
      spec.serviceAccountName = name
    },
  )
  return 0
})

/** A selector text for an object that can hold only labels. */
function mapSelector(text: string): Record<string, string> {
  const { matchLabels = {}, matchExpressions = [] } = labelSelectorObject(text) as LabelSelector
  if (matchExpressions.length > 0) {
    const shown = matchExpressions.map((e) => `{${e.key} ${e.operator} [${(e.values ?? []).join(' ')}]}`)
    throw new CommandError(`match expression [${shown.join(' ')}] not supported on this object`)
  }
  return matchLabels
}

interface LabelSelector {
  readonly matchLabels?: Record<string, string>
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
}

export const setSelectorVerb = plainVerb('kubectl set selector', (context) => {
  const filed = context.flags.list('filename').length > 0
  if (context.args.length < (filed ? 1 : 2))
    throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  const version = context.flags.text('resource-version')
  const { failures } = targets(context, context.args.slice(0, -1))
  throwAll(failures)
  const selector = mapSelector(context.args[context.args.length - 1]!)
  const tell = teller(context)
  changeEach(context, context.args.slice(0, -1), tell, { message: 'selector updated', failure: undefined }, (info, copy) => {
    if (info.kind.resource !== 'services') throw new CommandError(`setting a selector is only supported for Services`)
    copy.spec = { ...copy.spec, selector }
    if (version !== '') copy.metadata = { ...copy.metadata, resourceVersion: version }
  })
  return 0
})

function subjectsOf(context: Parameters<Parameters<typeof plainVerb>[1]>[0]): Record<string, string>[] {
  const group = 'rbac.authorization.k8s.io'
  const out = context.flags.list('user').map((name): Record<string, string> => ({ apiGroup: group, kind: 'User', name }))
  out.push(...context.flags.list('group').map((name) => ({ apiGroup: group, kind: 'Group', name })))
  for (const text of context.flags.list('serviceaccount')) {
    const [namespace, name] = text.split(':')
    if (!namespace || !name) throw new CommandError('serviceaccount must be <namespace>:<name>')
    out.push({ kind: 'ServiceAccount', name, namespace })
  }
  return out
}

export const setSubjectVerb = plainVerb('kubectl set subject', (context) => {
  const added = subjectsOf(context)
  if (added.length === 0) throw new CommandError('you must specify at least one value of user, group or serviceaccount')
  const tell = teller(context)
  const key = (s: Record<string, string>): string => `${s.kind}/${s.namespace ?? ''}/${s.name}`
  changeEach(
    context,
    context.args,
    tell,
    { message: 'subjects updated', failure: 'failed to patch subjects to rolebinding: ' },
    (_info, copy: ApiObject) => {
      const before = (copy.subjects ?? []) as Record<string, string>[]
      const known = new Set(before.map(key))
      copy.subjects = [...before, ...added.filter((s) => !known.has(key(s)))]
    },
  )
  return 0
})

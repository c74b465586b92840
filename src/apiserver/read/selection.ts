/**
 * Which objects a list, a watch or a deletecollection is about: namespace, label selector and field selector, with the narrowest
 * index taken where one fits.
 */
import { checkFieldSelector, type FieldSelector, matchesFields, parseFieldSelector } from '../../api/field-selectors.ts'
import type { ApiObject } from '../../api/meta.ts'
import { exactPairs, isEverything, matchesLabels, parseLabelSelector, type Selector } from '../../api/selectors.ts'
import type { Exchange } from '../exchange.ts'

/** Terms of a selector that are held against labels in a microsecond. */
const TERMS_LOOKED_AT = 6

export interface Selection {
  readonly namespace: string | undefined
  readonly labels: Selector
  readonly fields: FieldSelector
  /** Whether an object is selected (its namespace included). */
  readonly matches: (object: ApiObject) => boolean
}

/** Throws BadRequest for a selector that cannot be read or a field that the kind does not select by. */
export function selectionOf(x: Exchange): Selection {
  const { labelSelector = '', fieldSelector = '' } = x.request.query ?? {}
  const labels = parseLabelSelector(labelSelector)
  const fields = parseFieldSelector(fieldSelector)
  const own = x.stored.fieldSelectors ?? {}
  checkFieldSelector(fields, Object.keys(own), x.kind.namespaced)
  const { name } = x.request
  const { namespace } = x
  const read =
    (object: ApiObject) =>
    (field: string): string => {
      if (field === 'metadata.name') return object.metadata.name
      if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
      return own[field]?.(object) ?? ''
    }
  const all = isEverything(labels)
  const matches = (object: ApiObject): boolean => {
    if (namespace !== undefined && object.metadata.namespace !== namespace) return false
    if (name !== undefined && object.metadata.name !== name) return false
    if (!all && !matchesLabels(labels, object.metadata.labels)) return false
    return fields.length === 0 || matchesFields(fields, read(object))
  }
  return { namespace, labels, fields, matches }
}

function candidates(x: Exchange, selection: Selection): readonly ApiObject[] {
  const { reader } = x.server
  const { namespace } = selection
  const name = x.request.name ?? selection.fields.find((f) => f.field === 'metadata.name' && f.operator === '=')?.value
  if (name !== undefined && (namespace !== undefined || !x.kind.namespaced)) {
    const one = reader.get(x.resource, namespace, name)
    return one === undefined ? [] : [one]
  }
  const node = selection.fields.find((f) => f.field === 'spec.nodeName' && f.operator === '=' && f.value !== '')
  if (node !== undefined) return reader.onNode(x.resource, node.value)
  const pair = namespace === undefined ? undefined : exactPairs(selection.labels)[0]
  if (pair !== undefined) return reader.labelled(x.resource, namespace!, pair[0], pair[1])
  return reader.list(x.resource, namespace)
}

/** The selected objects, in byte order of namespace and name; stored form. */
export function selectObjects(x: Exchange, selection: Selection = selectionOf(x)): readonly ApiObject[] {
  const found = candidates(x, selection)
  if (isEverything(selection.labels) && selection.fields.length === 0 && x.request.name === undefined) return found
  x.server.store.cells.charge(Math.floor((found.length * selection.labels.requirements.length) / TERMS_LOOKED_AT))
  return found.filter(selection.matches)
}

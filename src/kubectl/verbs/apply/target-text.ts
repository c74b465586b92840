/** How `apply` names the object it could not do something to. */
import type { Info } from '../../resources/builder.ts'

/** Two lines: resource and kind, name and namespace. */
export function targetText({ kind, name, namespace = '' }: Info): string {
  const resource = JSON.stringify(`${kind.group}/${kind.version}, Resource=${kind.resource}`)
  const what = JSON.stringify(`${kind.group}/${kind.version}, Kind=${kind.kind}`)
  return `Resource: ${resource}, GroupVersionKind: ${what}\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace)}`
}

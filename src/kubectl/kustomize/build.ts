/**
 * Kustomize.
 */
import type { KubectlHost } from '../contract.ts'
import { CommandError } from '../errors.ts'

/** The objects a kustomization makes, in kustomize's order. */
export function buildKustomization(_host: KubectlHost, _path: string): unknown[] {
  throw new CommandError('kustomize is not available here')
}

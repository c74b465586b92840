/** The admission plugins in the order they run (kubeapiserver/options/plugins.go), one line each. */
import type { AdmissionPlugin } from './contract.ts'

export const admissionPlugins: readonly AdmissionPlugin[] = []

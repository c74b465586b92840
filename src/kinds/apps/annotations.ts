/** Annotations that kubectl and the workload controllers write. */
export const CHANGE_CAUSE = 'kubernetes.io/change-cause'
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

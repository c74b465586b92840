/** What kubeadm gives Services where nobody says otherwise: --service-cluster-ip-range. */
export const USUAL_SERVICE_CIDR = '10.96.0.0/12'

/** Istio: its kinds, istiod, the webhook that puts sidecars into pods of namespaces with `istio-injection=enabled`. A level or sandbox asks for it. */
import type { ApiObject } from '../../api/meta.ts'
import { clusterRole, controlPlaneToleration, deployment, namespace, reading, serviceAccount } from './parts.ts'

const NAMESPACE = 'istio-system'
const labels = { app: 'istiod', istio: 'pilot' }

/** What istiod shows the API server: made once for this lab, so that every world has the same. It guards nothing. */
const CERTIFICATE = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBMzCB5qADAgECAgEBMAUGAytlcDAiMSAwHgYDVQQDDBdpc3Rpb2QuaXN0aW8t',
  'c3lzdGVtLnN2YzAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowIjEg',
  'MB4GA1UEAwwXaXN0aW9kLmlzdGlvLXN5c3RlbS5zdmMwKjAFBgMrZXADIQDlXvbU',
  'xTPIzpWL67aNvsGFIubsqGvwS/dtOd1zqQMkkaM/MD0wDwYDVR0TAQH/BAUwAwEB',
  '/zAqBgNVHREEIzAhghdpc3Rpb2QuaXN0aW8tc3lzdGVtLnN2Y4IGaXN0aW9kMAUG',
  'AytlcANBADSF7bgdBEfYoD8njaVEClfPoUPyyxjaL1BZjbJPSwPYfbukayWymq/6',
  '73+lg6zFezYRFRa7Jm0iIvtZIqLT3Ac=',
  '-----END CERTIFICATE-----',
].join('\n')
const KEY = [
  '-----BEGIN PRIVATE KEY-----',
  'MC4CAQAwBQYDK2VwBCIEINJT+2UJT+aqNF+C/cdf50ShEl1mPs0d0BHWZ+MCUgLc',
  '-----END PRIVATE KEY-----',
].join('\n')
const base64 = (text: string): string => Buffer.from(`${text}\n`).toString('base64')

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const strings = { type: 'array', items: { type: 'string' } }

function kind(group: string, version: string, name: string, plural: string, short: readonly string[], spec: object): ApiObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: name, listKind: `${name}List`, plural, singular: name.toLowerCase(), shortNames: short, categories: ['istio-io'] },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: anything } } },
          subresources: { status: {} },
          additionalPrinterColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
        },
      ],
    },
  } as unknown as ApiObject
}

/** What is read of them here; other fields are refused as unknown, so that nothing is silently left out. */
const text = { type: 'string' }
const percentage = { type: 'object', properties: { value: { type: 'number', minimum: 0, maximum: 100 } } }
const match = { type: 'object', properties: { exact: text, prefix: text } }
const destination = {
  type: 'object',
  required: ['host'],
  properties: { host: text, subset: text, port: { type: 'object', properties: { number: { type: 'integer' } } } },
}
const httpRoute = {
  type: 'object',
  properties: {
    name: text,
    match: {
      type: 'array',
      items: {
        type: 'object',
        properties: { name: text, uri: match, method: match, headers: { type: 'object', additionalProperties: match } },
      },
    },
    route: {
      type: 'array',
      items: {
        type: 'object',
        required: ['destination'],
        properties: { destination, weight: { type: 'integer', minimum: 0, maximum: 100 } },
      },
    },
    rewrite: { type: 'object', properties: { uri: text } },
    timeout: text,
    retries: { type: 'object', properties: { attempts: { type: 'integer' }, perTryTimeout: text, retryOn: text } },
    fault: {
      type: 'object',
      properties: {
        delay: { type: 'object', properties: { percentage, fixedDelay: text } },
        abort: { type: 'object', properties: { percentage, httpStatus: { type: 'integer' } } },
      },
    },
  },
}
const mode = { type: 'string', enum: ['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'] }
const mutual = { type: 'object', properties: { mode } }

export const istioManifests: readonly ApiObject[] = [
  kind('networking.istio.io', 'v1', 'VirtualService', 'virtualservices', ['vs'], {
    type: 'object',
    properties: { hosts: strings, http: { type: 'array', items: httpRoute } },
  }),
  kind('networking.istio.io', 'v1', 'DestinationRule', 'destinationrules', ['dr'], {
    type: 'object',
    required: ['host'],
    properties: {
      host: text,
      trafficPolicy: {
        type: 'object',
        properties: { tls: { type: 'object', properties: { mode: { type: 'string', enum: ['DISABLE', 'ISTIO_MUTUAL'] } } } },
      },
      subsets: {
        type: 'array',
        items: { type: 'object', required: ['name'], properties: { name: text, labels: { type: 'object', additionalProperties: text } } },
      },
    },
  }),
  kind('security.istio.io', 'v1', 'PeerAuthentication', 'peerauthentications', ['pa'], {
    type: 'object',
    properties: {
      selector: { type: 'object', properties: { matchLabels: { type: 'object', additionalProperties: text } } },
      mtls: mutual,
      portLevelMtls: { type: 'object', additionalProperties: mutual },
    },
  }),
  namespace(NAMESPACE),
  serviceAccount('istiod', NAMESPACE),
  ...clusterRole('istiod-clusterrole-istio-system', 'istiod', NAMESPACE, [
    reading('', 'namespaces', 'pods', 'services', 'configmaps', 'nodes'),
    reading('discovery.k8s.io', 'endpointslices'),
    reading('networking.istio.io', '*'),
    reading('security.istio.io', '*'),
  ]),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio', namespace: NAMESPACE, labels: { 'istio.io/rev': 'default' } },
    data: {
      mesh: 'accessLogFile: /dev/stdout\ndefaultConfig:\n  discoveryAddress: istiod.istio-system.svc:15012\nrootNamespace: istio-system\ntrustDomain: cluster.local\n',
    },
  } as unknown as ApiObject,
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'istiod-tls', namespace: NAMESPACE },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(CERTIFICATE), 'tls.key': base64(KEY) },
  } as unknown as ApiObject,
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'istiod', namespace: NAMESPACE, labels },
    spec: {
      selector: labels,
      ports: [
        { name: 'grpc-xds', port: 15010, protocol: 'TCP', targetPort: 15010 },
        { name: 'https-dns', port: 15012, protocol: 'TCP', targetPort: 15012 },
        { name: 'https-webhook', port: 443, protocol: 'TCP', targetPort: 15017 },
      ],
    },
  } as unknown as ApiObject,
  deployment(
    {
      name: 'istiod',
      namespace: NAMESPACE,
      labels,
      spec: {
        serviceAccountName: 'istiod',
        nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
        tolerations: [controlPlaneToleration],
        containers: [
          {
            name: 'discovery',
            image: 'docker.io/istio/pilot:1.27.1',
            args: ['discovery', '--monitoringAddr=:15014', '--log_output_level=default:info', '--domain', 'cluster.local'],
            env: [{ name: 'PROXY_IMAGE', value: 'docker.io/istio/proxyv2:1.27.1' }],
            ports: [
              { name: 'http-debug', containerPort: 8080 },
              { name: 'grpc-xds', containerPort: 15010 },
              { name: 'tls-xds', containerPort: 15012 },
              { name: 'https-webhooks', containerPort: 15017 },
            ],
            readinessProbe: { httpGet: { path: '/ready', port: 8080 }, initialDelaySeconds: 1, periodSeconds: 3, timeoutSeconds: 5 },
            volumeMounts: [{ name: 'istiod-tls', mountPath: '/var/run/secrets/istiod/tls', readOnly: true }],
          },
        ],
        volumes: [{ name: 'istiod-tls', secret: { secretName: 'istiod-tls' } }],
      },
    },
    1,
  ),
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'istio-sidecar-injector', labels: { app: 'sidecar-injector' } },
    webhooks: [
      {
        name: 'namespace.sidecar-injector.istio.io',
        clientConfig: { service: { name: 'istiod', namespace: NAMESPACE, path: '/inject', port: 443 }, caBundle: base64(CERTIFICATE) },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        namespaceSelector: { matchExpressions: [{ key: 'istio-injection', operator: 'In', values: ['enabled'] }] },
        objectSelector: { matchExpressions: [{ key: 'sidecar.istio.io/inject', operator: 'NotIn', values: ['false'] }] },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  } as unknown as ApiObject,
]

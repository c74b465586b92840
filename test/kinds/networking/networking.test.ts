import { describe, expect, test } from 'vitest'
import { endpointSlice } from '../../../src/kinds/discovery/endpointslice/index.ts'
import { ingress } from '../../../src/kinds/networking/ingress/index.ts'
import { ingressClass } from '../../../src/kinds/networking/ingressclass/index.ts'
import { networkPolicy } from '../../../src/kinds/networking/networkpolicy/index.ts'
import { changeRefusals, contextOf, created, readerOf, refusals, row } from '../judge.ts'

const service = (name: string, port: object) => ({ service: { name, port } })
const rule = (...paths: object[]) => ({ rules: [{ host: 'a.example.com', http: { paths } }] })

describe('an ingress', () => {
  test.each([
    ['good', rule({ path: '/', pathType: 'Prefix', backend: service('web', { number: 80 }) }), []],
    ['empty', {}, ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    [
      'a relative path and no port',
      rule({ path: 'api', pathType: 'Prefix', backend: { service: { name: 'web' } } }),
      [
        'spec.rules[0].http.paths[0].path: Invalid value: "api": must be an absolute path',
        'spec.rules[0].http.paths[0].backend: Required value: port name or number is required',
      ],
    ],
    [
      'no pathType',
      rule({ path: '/', backend: service('web', { number: 80 }) }),
      ['spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified'],
    ],
    [
      'an unknown pathType',
      rule({ path: '/', pathType: 'Starts', backend: service('web', { number: 80, name: 'http' }) }),
      [
        'spec.rules[0].http.paths[0].pathType: Unsupported value: "Starts": supported values: "Exact", "ImplementationSpecific", "Prefix"',
        'spec.rules[0].http.paths[0].backend: Invalid value: "": cannot set both port name & port number',
      ],
    ],
    [
      'an address for a host',
      { rules: [{ host: '10.0.0.1', http: { paths: [] } }] },
      ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address', 'spec.rules[0].http.paths: Required value'],
    ],
    ['a wildcard', { rules: [{ host: '*.example.com' }], tls: [{ hosts: ['*.example.com'] }] }, []],
  ])('%s', (_name, spec, expected) => {
    expect(refusals(ingress, { spec })).toEqual(expected)
  })

  test('is described with the endpoints of its Services', () => {
    const spec = {
      ingressClassName: 'nginx',
      tls: [{ hosts: ['a.example.com'], secretName: 'cert' }],
      ...rule(
        { path: '/', pathType: 'Prefix', backend: service('web', { number: 80 }) },
        { path: '/admin', pathType: 'Exact', backend: service('admin', { number: 8080 }) },
      ),
    }
    const object = created(ingress, { metadata: { name: 'shop', namespace: 'lab' }, spec })
    const meta = { name: 'web', namespace: 'lab' }
    const reader = readerOf({
      services: [{ apiVersion: 'v1', kind: 'Service', metadata: meta, spec: { ports: [{ port: 80 }] } }],
      'endpointslices.discovery.k8s.io': [
        {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          addressType: 'IPv4',
          metadata: { ...meta, labels: { 'kubernetes.io/service-name': 'web' } },
          ports: [{ name: '', port: 80 }],
          endpoints: [
            { addresses: ['10.244.3.28'], conditions: { ready: true } },
            { addresses: ['10.244.3.29'], conditions: { ready: false } },
          ],
        },
      ],
    })
    expect(ingress.describe!(object, contextOf(reader))).toBe(
      [
        'Name:             shop',
        'Labels:           <none>',
        'Namespace:        lab',
        'Address:          ',
        'Ingress Class:    nginx',
        'Default backend:  <default>',
        'TLS:',
        '  cert terminates a.example.com',
        'Rules:',
        '  Host           Path  Backends',
        '  ----           ----  --------',
        '  a.example.com  ',
        '                 /        web:80 (10.244.3.28:80)',
        '                 /admin   admin:8080 (<error: services "admin" not found>)',
        'Annotations:     <none>',
        'Events:          <none>',
        '',
      ].join('\n'),
    )
    expect(row(ingress, object)).toMatchObject({ Class: 'nginx', Hosts: 'a.example.com', Address: '', Ports: '80, 443' })
  })
})

describe('an ingress class', () => {
  test.each([
    ['good', 'k8s.io/ingress-nginx', []],
    ['bare', 'nginx', ['spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")']],
    ['none', undefined, ['spec.controller: Required value']],
  ])('%s', (_name, controller, expected) => expect(refusals(ingressClass, { spec: { controller } })).toEqual(expected))
  test('keeps its controller', () => {
    expect(changeRefusals(ingressClass, { spec: { controller: 'a.io/x' } }, { spec: { controller: 'other.io/x' } })).toEqual([
      'spec.controller: Invalid value: "other.io/x": field is immutable',
    ])
  })
  test('shows that it is the default', () => {
    const o = created(ingressClass, {
      metadata: { name: 'nginx', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
      spec: { controller: 'a.io/x' },
    })
    expect(row(ingressClass, o)).toMatchObject({ Name: 'nginx (default)', Parameters: '<none>' })
  })
})

describe('a network policy', () => {
  test.each([
    ['ingress alone', { ingress: [{}] }, ['Ingress']],
    ['egress makes both', { egress: [{}] }, ['Ingress', 'Egress']],
    ['what is said stays', { policyTypes: ['Egress'] }, ['Egress']],
  ])('types: %s', (_name, spec, expected) => expect(created(networkPolicy, { spec })['spec'].policyTypes).toEqual(expected))
  test.each([
    [
      'many mistakes',
      { policyTypes: ['Inbound'], ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/33' }, podSelector: {} }], ports: [{ port: 70000 }] }] },
      [
        'spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
        'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
        'spec.policyTypes[0]: Unsupported value: "Inbound": supported values: "Ingress", "Egress"',
      ],
    ],
    [
      'ranges',
      { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['192.168.0.0/24'] } }], ports: [{ port: 9000, endPort: 8000 }] }] },
      [
        'spec.ingress[0].ports[0].endPort: Invalid value: 9000: must be greater than or equal to `port`',
        'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "192.168.0.0/24": must be a strict subset of `cidr`',
      ],
    ],
    ['nobody', { egress: [{ to: [{}] }] }, ['spec.egress[0].to[0]: Required value: must specify a peer']],
  ])('refused: %s', (_name, spec, expected) => expect(refusals(networkPolicy, { spec })).toEqual(expected))
  test('is described in sentences', () => {
    const o = created(networkPolicy, {
      metadata: { name: 'out', namespace: 'lab' },
      spec: {
        policyTypes: ['Egress'],
        egress: [
          { to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.5.0.0/16'] } }], ports: [{ port: 8000, endPort: 9000 }] },
          { ports: [{ port: 'dns', protocol: 'UDP' }] },
        ],
      },
    })
    expect(networkPolicy.describe!(o, contextOf()).split('\n').slice(5)).toEqual([
      'Spec:',
      '  PodSelector:     <none> (Allowing the specific traffic to all pods in this namespace)',
      '  Not affecting ingress traffic',
      '  Allowing egress traffic:',
      '    To Port Range: 8000-9000/TCP',
      '    To:',
      '      IPBlock:',
      '        CIDR: 10.0.0.0/8',
      '        Except: 10.5.0.0/16',
      '    ----------',
      '    To Port: dns/UDP',
      '    To: <any> (traffic not restricted by destination)',
      '  Policy Types: Egress',
      '',
    ])
  })
})

describe('an endpoint slice', () => {
  test('cells', () => {
    const slice = {
      addressType: 'IPv4',
      ports: [{ port: 80 }],
      endpoints: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'].map((a) => ({ addresses: [a] })),
    }
    expect(row(endpointSlice, created(endpointSlice, slice))).toMatchObject({
      AddressType: 'IPv4',
      Ports: '80',
      Endpoints: '1.1.1.1,1.1.1.2,1.1.1.3 + 1 more...',
    })
    expect(row(endpointSlice, created(endpointSlice, { addressType: 'IPv4' }))).toMatchObject({ Ports: '<unset>', Endpoints: '<unset>' })
  })
  test('refuses what is no address', () => {
    expect(refusals(endpointSlice, { addressType: 'IPv4', endpoints: [{ addresses: ['db.example.org'] }] })).toEqual([
      'endpoints[0].addresses[0]: Invalid value: "db.example.org": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ])
  })
})

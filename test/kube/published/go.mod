module caliwatch/test/kube/published

go 1.26.0

// Not compiled: its CustomResourceDefinitions are what clusters have.
require github.com/prometheus-operator/prometheus-operator v0.85.0

# Makes a plain Prometheus rule file of a PrometheusRule: what stands under `spec:`, moved to the margin.
#   sed -nf scripts/plain_rules.sed manifests/components/monitoring/prometheusrule.yaml > rules.yaml
/^spec:/,$ s/^  //p

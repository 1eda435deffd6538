"""The output types: thin views of what the gateway answers, attribute by attribute, without any IO of their own."""

// Administration: the work of the command line that needs the configuration of a node, such as tokens, action ids,
// migrations and the examination of a deployment.
//
// It does not parse arguments (`scorecast` does), and it is not a part of a running node (`Node`).
//
// Start with `Doctor/Doctor.swift` for `scorecast doctor`, and with `CredentialIssuer.swift` for tokens and action ids.

import YAMLReading

extension ConfigurationReader {
    func policy(_ section: YAMLMapping) -> Configuration.Policy {
        Configuration.Policy(bundle: readableFolder(section, "bundle", default: "/etc/sallyport/policies"))
    }

    func audit(_ section: YAMLMapping) -> Configuration.Audit {
        let folder = "/var/lib/sallyport"
        let audit = Configuration.Audit(
            database: path(section, "database", default: "\(folder)/audit.sqlite"),
            signingKey: path(section, "signingKey", default: "\(folder)/keys/checkpoint.key"),
            fingerprintKey: path(section, "fingerprintKey", default: "\(folder)/keys/fingerprint.key"),
            writeSeconds: section.integer("writeSeconds", in: 1...60) ?? 5,
            scriptText: section.choice("scriptText") ?? .full,
            parameterValues: section.choice("parameterValues") ?? .full)
        // One key file for two purposes would let a checkpoint be forged with the key that fingerprints secrets.
        if !audit.signingKey.isEmpty, audit.signingKey == audit.fingerprintKey {
            section.error("fingerprintKey", "must not be the signing key's file")
        }
        return audit
    }

    func retry(_ section: YAMLMapping) -> Configuration.Retry {
        let retry = Configuration.Retry(
            windowSeconds: section.integer("windowSeconds", in: 1...86_400) ?? 600,
            waitSeconds: section.integer("waitSeconds", in: 0...600) ?? 60,
            unknownHoldSeconds: section.integer("unknownHoldSeconds", in: 1...604_800) ?? 1800)
        if retry.waitSeconds > retry.windowSeconds {
            section.error("waitSeconds", "must not be longer than '\(section.name(of: "windowSeconds"))'")
        }
        return retry
    }

    func logging(_ section: YAMLMapping) -> Configuration.Logging {
        Configuration.Logging(level: section.choice("level") ?? .info, format: section.choice("format") ?? .json)
    }
}

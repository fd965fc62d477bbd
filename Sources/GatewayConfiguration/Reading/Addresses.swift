import YAMLReading

extension ConfigurationReader {
    /// An `https` address; nil if the key is absent, or wrong and reported.
    func address(_ section: YAMLMapping, _ key: String) -> HTTPSAddress? {
        guard let text = section.string(key) else { return nil }
        do {
            return try HTTPSAddress(text)
        } catch {
            section.error(key, error.reason)
            return nil
        }
    }

    /// An `https` address of nothing but host and port; nil if the key is absent, or wrong and reported.
    func origin(_ section: YAMLMapping, _ key: String) -> HTTPSAddress? {
        guard let address = address(section, key) else { return nil }
        if !address.isOrigin { section.error(key, "must not have a path") }
        return address
    }
}

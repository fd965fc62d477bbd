/// The id of one script version in a gallery (`source.galleryScriptReferenceId`, facts §4.2).
///
/// Only an id that names one fixed version is taken: what `latest` means is decided after the request was judged.
package enum GalleryScriptID {
    package static let form =
        "/subscriptions/GUID/resourceGroups/GROUP/providers/Microsoft.Compute/galleries/GALLERY/scripts/SCRIPT"
        + "/versions/MAJOR.MINOR.PATCH"

    private static let words: [Int: String] = [
        1: "subscriptions", 3: "resourcegroups", 5: "providers", 6: "microsoft.compute", 7: "galleries", 9: "scripts",
        11: "versions",
    ]

    /// Whether the text is such an id: words in any ASCII case, every name plain ASCII, nothing escaped.
    package static func isExact(_ text: String) -> Bool {
        guard text.utf8.count <= 1_024 else { return false }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard parts.count == 13, parts[0].isEmpty else { return false }
        for (index, word) in self.words {
            guard ASCIICase.lowered(parts[index]).utf8.elementsEqual(word.utf8) else { return false }
        }
        return ResourceName.isSubscription(parts[2]) && ResourceName.isResourceGroup(parts[4])
            && ResourceName.isGalleryPart(parts[8]) && ResourceName.isGalleryPart(parts[10])
            && self.isVersion(parts[12])
    }

    private static func isVersion(_ text: String) -> Bool {
        let numbers = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return numbers.count == 3
            && numbers.allSatisfy { digits in
                (1...10).contains(digits.count)
                    && digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            }
    }
}

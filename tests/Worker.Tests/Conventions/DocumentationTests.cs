using System.Xml.Linq;
using Darkroom.Worker.Cli;

namespace Darkroom.Worker.Tests.Conventions;

public sealed class DocumentationTests
{
    [Fact]
    public void PublicTypes_OfTheWorker_HaveASummary()
    {
        var assembly = typeof(DarkroomCli).Assembly;
        var summaries = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
            .Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(member => member.Attribute("name")!.Value)
            .ToHashSet(StringComparer.Ordinal);
        var types = assembly.GetExportedTypes().Where(type => type.Namespace?.StartsWith("Darkroom.", StringComparison.Ordinal) == true).ToList();

        types.Count.ShouldBeGreaterThan(20);
        types.Where(type => !summaries.Contains($"T:{type.FullName!.Replace('+', '.')}")).ShouldBeEmpty();
    }
}

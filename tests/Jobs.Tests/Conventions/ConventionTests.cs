using System.Reflection;
using System.Xml.Linq;
using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Tests.Conventions;

public sealed class ConventionTests
{
    private static readonly Assembly Jobs = typeof(Batch).Assembly;

    [Fact]
    public void PublicTypes_Always_HaveASummary()
    {
        var documented = XDocument.Load(Path.ChangeExtension(Jobs.Location, ".xml")).Descendants("member")
            .Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(member => member.Attribute("name")!.Value)
            .ToHashSet(StringComparer.Ordinal);
        documented.ShouldNotBeEmpty();
        Jobs.GetExportedTypes().Select(type => "T:" + type.FullName!.Replace('+', '.')).Where(name => !documented.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Jobs_Always_KnowsNoDatabaseCloudOrJobQueue()
    {
        string[] forbidden = ["Npgsql", "Azure", "Hangfire", "Darkroom", "Microsoft.AspNetCore"];
        var references = Jobs.GetReferencedAssemblies().Select(name => name.Name!).ToList();
        references.ShouldContain("Microsoft.Extensions.Options");
        references.Where(name => forbidden.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ShouldBeEmpty();
    }
}

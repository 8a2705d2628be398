using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Darkroom.Worker.Tests.Ops;

/// <summary>Files of the repository that no build reads.</summary>
internal static class RepositoryFile
{
    public static string Read(params string[] path) => File.ReadAllText(PathOf(path));

    /// <summary>Where something of the repository is.</summary>
    public static string PathOf(params string[] path) => Path.Combine([Root(), .. path]);

    /// <summary>The documents of a YAML file, as JSON; anchors and merges resolved. Numbers and truth values are texts.</summary>
    public static List<JsonNode> ReadYaml(params string[] path)
    {
        var parser = new MergingParser(new Parser(new StringReader(Read(path))));
        var deserializer = new DeserializerBuilder().Build();
        var documents = new List<JsonNode>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _)) documents.Add(JsonSerializer.SerializeToNode(Plain(deserializer.Deserialize(parser)))!);
        return documents;
    }

    private static object? Plain(object? yaml) => yaml switch
    {
        IDictionary<object, object?> map => map.ToDictionary(pair => (string)pair.Key, pair => Plain(pair.Value), StringComparer.Ordinal),
        IList<object?> list => list.Select(Plain).ToList(),
        _ => yaml,
    };

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Worker.sln"))) return folder.FullName;
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Worker.sln.");
    }
}

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>One row as read, whatever the manifest's form. Used again for the next row, so that a million rows don't make a million lists.</summary>
internal sealed class ManifestRow
{
    /// <summary>1-based line where it starts.</summary>
    public int Line { get; set; }

    /// <summary>False for what isn't a row and only has faults to tell: a manifest's head, or what broke off the reading.</summary>
    public bool IsItem { get; set; }

    /// <summary>Whether it can't be read at all, so that nothing more is to be said of its fields.</summary>
    public bool IsBroken { get; set; }

    public string? Id { get; set; }

    public string? Prompt { get; set; }

    public bool HasFaultyPrompt { get; set; }

    public string? Output { get; set; }

    /// <summary><c>image</c> or <c>images</c>, as the row wrote it, or null when it has none.</summary>
    public string? ImageField { get; set; }

    public List<SourceText> Images { get; } = [];

    public SourceText? Mask { get; set; }

    /// <summary>Template variables in the row's order; null for one that is named and unset.</summary>
    public List<KeyValuePair<string, string?>> Variables { get; } = [];

    public RowOptions? Options { get; set; }

    public RowTags? Tags { get; set; }

    public List<FieldFault> Faults { get; } = [];

    /// <summary>Begins a row.</summary>
    public void Begin(int line)
    {
        (Line, IsItem, IsBroken, HasFaultyPrompt) = (line, true, false, false);
        Id = Prompt = Output = ImageField = null;
        Mask = null;
        Options = null;
        Tags = null;
        Images.Clear();
        Variables.Clear();
        Faults.Clear();
    }

    public void Fault(string? field, string reason) => Faults.Add(new FieldFault(field, reason));

    /// <summary>Says that the row can't be read.</summary>
    public void Break(string reason, string? field = null)
    {
        IsBroken = true;
        Fault(field, reason);
    }

    public string NameOfImage(int index) => ImageField is "image" ? "image" : $"images[{index}]";

    /// <summary>A text short enough for a message.</summary>
    public static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}

using System.IO.Pipelines;
using System.Text;

namespace Darkroom.Simulator.Answers;

/// <summary>Text into a pipe.</summary>
internal static class PipeText
{
    /// <summary>Adds UTF-8 to what the next flush sends.</summary>
    public static void WriteText(this PipeWriter to, string text) => Encoding.UTF8.GetBytes(text, to);
}

namespace Darkroom.Worker.Progress;

/// <summary>Where progress is shown.</summary>
public interface IProgressView : IDisposable
{
    /// <summary>Shows how a batch stands.</summary>
    void Show(ProgressLine line);

    /// <summary>Shows why there is nothing new.</summary>
    void ShowTrouble(string text);
}

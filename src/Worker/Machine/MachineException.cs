namespace Darkroom.Worker.Machine;

/// <summary>The machine lacks something that Darkroom needs: a folder, room, rights, file descriptors. The message says what and how to mend it.</summary>
public sealed class MachineException(string message) : Exception(message);

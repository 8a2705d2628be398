using Darkroom.Worker.Cli;
using Darkroom.Worker.Machine;

if (MachineCheck.FindStartFault() is { } fault)
{
    MachineCheck.Tell(fault);
    return ExitCodes.BadInput;
}

using var signals = StopSignals.OfProcess();
return await DarkroomCli.RunAsync(args, CommandSurroundings.OfProcess(signals));

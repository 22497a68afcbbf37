"""What exploration alone finds: planted faults it should, relatives where it must find nothing."""
